package io.manhole.kotlin.engine.completion

import io.manhole.kotlin.engine.CLASS_SUFFIX
import org.jetbrains.kotlin.com.intellij.openapi.vfs.VirtualFile
import java.io.File
import java.io.IOException
import java.lang.module.ModuleFinder
import java.util.TreeMap
import java.util.zip.ZipFile

/**
 * The names of all top-level classes on a class path and in the JDK, public or not, by package. Read from the jars' tables of
 * contents; no class is looked at.
 */
internal class ClassNames private constructor(
    /** The classes of each package, each between line ends: one text costs a fraction of what as many would. */
    private val packages: TreeMap<String, String>,
) {
    fun classesIn(packageName: String): List<String> = packages[packageName].orEmpty().split('\n').filter { it.isNotEmpty() }

    fun isPackage(name: String): Boolean = name in packages || packages.higherKey("$name.")?.startsWith("$name.") == true

    /** The next parts of the names of packages that lie below the one given, or below none. */
    fun subpackages(packageName: String?): List<String> {
        val start = packageName?.plus(".").orEmpty()
        return packages
            .tailMap(start, true)
            .keys
            .asSequence()
            .takeWhile { it.startsWith(start) }
            .map { it.substring(start.length).substringBefore('.') }
            .filter { it.isNotEmpty() }
            .distinct()
            .toList()
    }

    /** Pairs of package and simple name. */
    fun startingWith(prefix: String): List<Pair<String, String>> {
        val wanted = "\n$prefix"
        val found = ArrayList<Pair<String, String>>()
        for ((packageName, classes) in packages) {
            var at = classes.indexOf(wanted)
            while (at >= 0) {
                val end = classes.indexOf('\n', at + 1)
                found += packageName to classes.substring(at + 1, end)
                at = classes.indexOf(wanted, end)
            }
        }
        return found
    }

    companion object {
        /** @param roots what lies in no file or folder of its own */
        fun of(classPath: List<File>, roots: List<VirtualFile>): ClassNames {
            val packages = HashMap<String, StringBuilder>()

            fun add(file: String, isWanted: (String) -> Boolean = { true }) {
                if (!file.endsWith(CLASS_SUFFIX) || '$' in file || '-' in file) return
                val slash = file.lastIndexOf('/')
                if (slash < 0) return
                val packageName = file.substring(0, slash).replace('/', '.')
                if (!isWanted(packageName)) return
                packages
                    .getOrPut(packageName) { StringBuilder("\n") }
                    .append(file, slash + 1, file.length - CLASS_SUFFIX.length)
                    .append('\n')
            }
            classPath.forEach { entry -> filesIn(entry).forEach { add(it) } }
            roots.forEach { root -> addAllBelow(root, "") { add(it) } }
            addJdk(::add)
            return ClassNames(packages.mapValuesTo(TreeMap()) { it.value.toString() })
        }

        private fun filesIn(entry: File): List<String> =
            try {
                if (entry.isDirectory) {
                    entry.walk().filter { it.name.endsWith(CLASS_SUFFIX) }.map { it.relativeTo(entry).invariantSeparatorsPath }.toList()
                } else {
                    ZipFile(entry).use { jar -> jar.entries().asSequence().map { it.name }.toList() }
                }
            } catch (_: IOException) {
                // Not a jar, or gone meanwhile: it has nothing to offer.
                emptyList()
            }

        private fun addAllBelow(folder: VirtualFile, path: String, add: (String) -> Unit) {
            for (child in folder.children) {
                if (child.isDirectory) addAllBelow(child, path + child.name + "/", add) else add(path + child.name)
            }
        }

        private fun addJdk(add: (String, (String) -> Boolean) -> Unit) {
            val here = ModuleLayer.boot().modules().mapTo(HashSet()) { it.name }
            for (module in ModuleFinder.ofSystem().findAll().filter { it.descriptor().name() in here }) {
                val exported = module.descriptor().exports().filterNot { it.isQualified }.mapTo(HashSet()) { it.source() }
                if (exported.isEmpty()) continue
                module.open().use { reader -> reader.list().use { files -> files.forEach { file -> add(file) { it in exported } } } }
            }
        }
    }
}
