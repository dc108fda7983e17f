package io.manhole.kotlin.engine

import org.jetbrains.kotlin.fir.FirBinaryDependenciesModuleData
import org.jetbrains.kotlin.fir.FirModuleData
import org.jetbrains.kotlin.fir.FirSession
import org.jetbrains.kotlin.fir.deserialization.ModuleDataProvider
import org.jetbrains.kotlin.fir.java.FirJavaFacade
import org.jetbrains.kotlin.fir.session.environment.AbstractProjectEnvironment
import org.jetbrains.kotlin.fir.session.environment.AbstractProjectFileSearchScope
import org.jetbrains.kotlin.load.java.JavaClassFinder
import org.jetbrains.kotlin.load.java.structure.JavaAnnotation
import org.jetbrains.kotlin.load.java.structure.JavaClass
import org.jetbrains.kotlin.load.java.structure.JavaPackage
import org.jetbrains.kotlin.load.kotlin.KotlinBinaryClassCache
import org.jetbrains.kotlin.load.kotlin.KotlinClassFinder
import org.jetbrains.kotlin.metadata.deserialization.MetadataVersion
import org.jetbrains.kotlin.name.ClassId
import org.jetbrains.kotlin.name.FqName
import org.jetbrains.kotlin.name.Name
import java.nio.file.Path

/** A library as the front end wants it described: everything in it is one module. */
internal class LibraryModule(name: String) : ModuleDataProvider() {
    val data = FirBinaryDependenciesModuleData(Name.special("<$name>"))
    override val allModuleData: Collection<FirModuleData> get() = listOf(data)
    override val regularDependenciesModuleData: FirModuleData get() = data

    override fun getModuleData(path: Path?): FirModuleData = data
}

/** The compiler's environment with all classes served from the [root] in place of files. */
internal class SnippetLibraryEnvironment(private val files: AbstractProjectEnvironment, private val root: SnippetRoot) :
    AbstractProjectEnvironment by files {
    override fun getKotlinClassFinder(fileSearchScope: AbstractProjectFileSearchScope): KotlinClassFinder =
        SnippetClassFinder(files.getKotlinClassFinder(fileSearchScope), root)

    override fun getFirJavaFacade(
        firSession: FirSession,
        baseModuleData: FirModuleData,
        fileSearchScope: AbstractProjectFileSearchScope,
    ): FirJavaFacade =
        object : FirJavaFacade(firSession, SnippetPackageFinder(root)) {
            override fun getModuleDataForClass(javaClass: JavaClass) = baseModuleData
        }
}

private class SnippetClassFinder(files: KotlinClassFinder, private val root: SnippetRoot) : KotlinClassFinder by files {
    override fun findKotlinClassOrContent(classId: ClassId, metadataVersion: MetadataVersion): KotlinClassFinder.Result? {
        val name = classId.packageFqName.asString() + "/" + classId.relativeClassName.asString().replace('.', '$')
        val file = root.file(name) ?: return null
        return KotlinBinaryClassCache.getKotlinBinaryClassOrClassFileContent(file, metadataVersion)
    }
}

/** Snippets are Kotlin, so there is no Java class to be found; but the packages must be. */
private class SnippetPackageFinder(private val root: SnippetRoot) : JavaClassFinder {
    override fun findClass(request: JavaClassFinder.Request): JavaClass? = null

    override fun findClasses(request: JavaClassFinder.Request): List<JavaClass> = emptyList()

    override fun findPackage(fqName: FqName, mayHaveAnnotations: Boolean): JavaPackage? =
        if (SnippetName.isPackage(fqName.asString())) SnippetPackage(fqName) else null

    override fun knownClassNamesInPackage(packageFqName: FqName): Set<String> =
        if (SnippetName.isPackage(packageFqName.asString())) root.announced else emptySet()

    override fun canComputeKnownClassNamesInPackage() = true
}

private class SnippetPackage(override val fqName: FqName) : JavaPackage {
    override val subPackages get() = emptyList<JavaPackage>()
    override val annotations get() = emptyList<JavaAnnotation>()
    override val isDeprecatedInJavaDoc get() = false

    override fun getClasses(nameFilter: (Name) -> Boolean) = emptyList<JavaClass>()

    override fun findAnnotation(fqName: FqName): JavaAnnotation? = null
}
