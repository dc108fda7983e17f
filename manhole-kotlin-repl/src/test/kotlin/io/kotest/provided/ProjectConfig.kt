package io.kotest.provided

import io.kotest.core.config.AbstractProjectConfig
import io.manhole.kotlin.SharedSessions
import kotlin.time.Duration.Companion.minutes

/** Found by Kotest by its name. */
class ProjectConfig : AbstractProjectConfig() {
    override val timeout = 3.minutes

    override suspend fun afterProject() = SharedSessions.close()
}
