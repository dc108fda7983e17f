package io.manhole.cli

import io.kotest.core.spec.style.FunSpec
import io.kotest.core.test.TestCase
import io.kotest.engine.test.TestResult
import io.manhole.testing.Jdk
import io.manhole.testing.TargetJvm
import java.nio.file.Files
import java.nio.file.Path

/** For specs that start processes with manholes, and give each test a folder of its own. */
abstract class SocketTargetSpec : FunSpec() {
    /** Its name does not say what it is for: a path in it is known for a manhole's by other signs only. */
    protected var folder: Path = Path.of("/")
        private set

    override suspend fun beforeEach(testCase: TestCase) {
        folder = Files.createTempDirectory("target")
    }

    override suspend fun afterEach(testCase: TestCase, result: TestResult) {
        folder.toFile().deleteRecursively()
    }

    protected fun target(jdk: Jdk, vararg options: String) =
        TargetJvm(jdk, SocketTarget::class.java.name, arguments = options.toList()).apply { awaitLine("ready") }
}
