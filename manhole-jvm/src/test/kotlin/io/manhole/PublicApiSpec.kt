package io.manhole

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import java.lang.reflect.Modifier
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.relativeTo

/** A new public type is a decision: it has to be written down here. */
class PublicApiSpec : FunSpec() {
    private val classes = Path.of(Manhole::class.java.protectionDomain.codeSource.location.toURI())

    private fun publicTypes(folder: String): List<String> =
        Files
            .walk(classes.resolve(folder), 1)
            .toList()
            .filter { it.extension == "class" && it.nameWithoutExtension != "package-info" }
            .map { Class.forName(it.relativeTo(classes).toString().removeSuffix(".class").replace('/', '.')) }
            .filter { Modifier.isPublic(it.modifiers) }
            .map { it.name.substringAfterLast('.') }
            .sorted()

    init {
        test("what an application uses") {
            publicTypes("io/manhole") shouldContainExactly
                listOf(
                    "Agent",
                    "AlreadyInstalledException",
                    "ConfigurationConflictException",
                    "Connection",
                    "ConnectionHandler",
                    "Dialect",
                    "Manhole",
                    "ManholeListener",
                    "ManholeOptions",
                    "ManholeOptions\$Builder",
                    "PeerCredentials",
                    "StackDump",
                )
        }

        test("what an engine implements") {
            publicTypes("io/manhole/repl") shouldContainExactly
                listOf(
                    "Completion",
                    "Diagnostic",
                    "Diagnostic\$Severity",
                    "EvalResult",
                    "EvalResult\$Failed",
                    "EvalResult\$Incomplete",
                    "EvalResult\$NoValue",
                    "EvalResult\$Rejected",
                    "EvalResult\$Value",
                    "InterruptCheck",
                    "InterruptGuard",
                    "Repl",
                    "ReplCommand",
                    "ReplCommand\$Parameter",
                    "ReplContext",
                    "ReplProvider",
                    "SymbolInfo",
                )
        }
    }
}
