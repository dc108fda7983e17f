package io.manhole.kotlin.engine

import io.manhole.kotlin.StdlibClassLoader
import org.jetbrains.kotlin.config.ApiVersion
import java.nio.file.Path

/** What evaluated code and its compiler see of the application behind a class loader. */
internal class Application(val loader: ClassLoader, private val stdlib: Path, objects: Collection<Any?> = emptyList()) {
    private val ownKotlin: Class<*>? =
        try {
            Class.forName("kotlin.KotlinVersion", true, loader)
        } catch (_: ClassNotFoundException) {
            null
        } catch (_: LinkageError) {
            null
        }

    /** What is compiled against: the application's Kotlin if it has one. */
    val classPath: List<ClassPathEntry> by lazy {
        val entries = ApplicationClassPath.of(loader)
        val kotlin = ownKotlin?.let(ApplicationClassPath::entryOf) ?: ClassPathEntry.OnDisk(stdlib.toFile())
        if (kotlin in entries) entries else entries + kotlin
    }

    /** The classes of the objects that are at hand, where a loader does not say where it has its classes from; else null. */
    val loadedClasses: LoaderRoot? =
        if (ApplicationClassPath.isWhole(loader)) null else LoaderRoot(loader, ReachableClasses.of(objects))

    /** The version of the library that evaluated code will run with: generated code must call nothing newer. */
    val apiVersion: ApiVersion by lazy {
        val own = ownKotlin?.let(::versionOf)
        if (own == null || own > ApiVersion.LATEST_STABLE) ApiVersion.LATEST_STABLE else own
    }

    /** Where evaluated code finds `kotlin.*`, or null for the application's own. */
    fun kotlinLoader(): ClassLoader? = if (ownKotlin == null) StdlibClassLoader.shared(stdlib) else null

    private fun versionOf(kotlinVersion: Class<*>): ApiVersion? =
        try {
            val current = kotlinVersion.getField("CURRENT").get(null)
            val (major, minor) = listOf("getMajor", "getMinor").map { kotlinVersion.getMethod(it).invoke(current) }
            ApiVersion.parse("$major.$minor")
        } catch (_: ReflectiveOperationException) {
            null
        }
}
