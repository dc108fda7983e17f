package io.manhole.kotlin.engine

import java.io.File
import java.net.URI
import java.net.URISyntaxException
import java.net.URL
import java.net.URLDecoder

/** Where an application's classes come from. */
internal sealed interface ClassPathEntry {
    /** A jar or folder that may or may not exist. */
    data class OnDisk(val file: File) : ClassPathEntry

    /**
     * A jar or folder within a jar.
     *
     * @property within entries of which each lies in the one before, the first in the jar: `BOOT-INF/lib/a.jar`, or with a
     * slash at its end `BOOT-INF/classes/`
     */
    data class Nested(val jar: File, val within: List<String>) : ClassPathEntry

    companion object {
        /** The entry that a class loader names by this URL, or null if it is none that can be read without the loader. */
        fun of(url: URL): ClassPathEntry? = of(url.toString())

        /**
         * Knows `file:/a`, `jar:file:/a!/`, `jar:file:/a!/b!/` and, as Spring Boot writes it since 3.2, `jar:nested:/a/!b!/`,
         * where b is a jar or, with a slash at its end or without, a folder.
         */
        fun of(url: String): ClassPathEntry? {
            val place = url.removePrefix("jar:")
            return when {
                place.startsWith("file:") -> of(place, "!/")
                place.startsWith("nested:") -> of("file:" + place.removePrefix("nested:").replaceFirst("/!", "!/"), "!/")
                else -> null
            }
        }

        private fun of(place: String, separator: String): ClassPathEntry? {
            val parts = place.split(separator)
            val file = fileOf(parts[0]) ?: return null
            val within = parts.drop(1).filter { it.isNotEmpty() }.map(::decoded)
            return if (within.isEmpty()) OnDisk(file) else Nested(file, within)
        }

        private fun fileOf(url: String): File? =
            try {
                File(URI(url))
            } catch (_: URISyntaxException) {
                // Made by File.toURL, which leaves blanks and the like as they are.
                File(url.removePrefix("file:"))
            } catch (_: IllegalArgumentException) {
                // On another machine.
                null
            }

        private fun decoded(entry: String) =
            try {
                // What is a plus sign here stands for a blank in forms only.
                URLDecoder.decode(entry.replace("+", "%2B"), Charsets.UTF_8)
            } catch (_: IllegalArgumentException) {
                entry
            }
    }
}
