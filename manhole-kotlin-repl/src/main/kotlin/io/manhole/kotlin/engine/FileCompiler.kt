@file:OptIn(K1Deprecation::class, LegacyK2CliPipeline::class, SessionConfiguration::class)
@file:Suppress("DEPRECATION_ERROR")

package io.manhole.kotlin.engine

import org.jetbrains.kotlin.K1Deprecation
import org.jetbrains.kotlin.KtInMemoryTextSourceFile
import org.jetbrains.kotlin.asJava.finder.JavaElementFinder
import org.jetbrains.kotlin.cli.common.LegacyK2CliPipeline
import org.jetbrains.kotlin.cli.common.messages.MessageCollector
import org.jetbrains.kotlin.cli.jvm.compiler.EnvironmentConfigFiles
import org.jetbrains.kotlin.cli.jvm.compiler.KotlinCoreEnvironment
import org.jetbrains.kotlin.cli.jvm.compiler.PsiBasedProjectFileSearchScope
import org.jetbrains.kotlin.cli.jvm.compiler.VfsBasedProjectEnvironment
import org.jetbrains.kotlin.cli.jvm.compiler.legacy.pipeline.ModuleCompilerEnvironment
import org.jetbrains.kotlin.cli.jvm.compiler.legacy.pipeline.convertAnalyzedFirToIr
import org.jetbrains.kotlin.cli.jvm.compiler.legacy.pipeline.generateCodeFromIr
import org.jetbrains.kotlin.cli.jvm.config.VirtualJvmClasspathRoot
import org.jetbrains.kotlin.cli.jvm.config.addJvmClasspathRoots
import org.jetbrains.kotlin.cli.jvm.config.configureJdkClasspathRoots
import org.jetbrains.kotlin.com.intellij.mock.MockFileIndexFacade
import org.jetbrains.kotlin.com.intellij.openapi.project.Project
import org.jetbrains.kotlin.com.intellij.openapi.roots.FileIndexFacade
import org.jetbrains.kotlin.com.intellij.openapi.util.Disposer
import org.jetbrains.kotlin.com.intellij.openapi.vfs.StandardFileSystems
import org.jetbrains.kotlin.com.intellij.openapi.vfs.VirtualFile
import org.jetbrains.kotlin.com.intellij.openapi.vfs.VirtualFileManager
import org.jetbrains.kotlin.com.intellij.psi.PsiElementFinder
import org.jetbrains.kotlin.com.intellij.psi.search.ProjectScope
import org.jetbrains.kotlin.config.AnalysisFlags
import org.jetbrains.kotlin.config.ApiVersion
import org.jetbrains.kotlin.config.CommonConfigurationKeys
import org.jetbrains.kotlin.config.CompilerConfiguration
import org.jetbrains.kotlin.config.JVMConfigurationKeys
import org.jetbrains.kotlin.config.JvmTarget
import org.jetbrains.kotlin.config.LanguageFeature
import org.jetbrains.kotlin.config.LanguageVersion
import org.jetbrains.kotlin.config.LanguageVersionSettingsImpl
import org.jetbrains.kotlin.config.languageVersionSettings
import org.jetbrains.kotlin.config.messageCollector
import org.jetbrains.kotlin.diagnostics.DiagnosticReporterFactory
import org.jetbrains.kotlin.diagnostics.KtDiagnostic
import org.jetbrains.kotlin.diagnostics.impl.BaseDiagnosticsCollector
import org.jetbrains.kotlin.fir.FirSession
import org.jetbrains.kotlin.fir.FirSourceModuleData
import org.jetbrains.kotlin.fir.SessionConfiguration
import org.jetbrains.kotlin.fir.analysis.checkers.MppCheckerKind
import org.jetbrains.kotlin.fir.declarations.FirFile
import org.jetbrains.kotlin.fir.java.deserialization.FirJvmBuiltinsSymbolProvider
import org.jetbrains.kotlin.fir.pipeline.FirResult
import org.jetbrains.kotlin.fir.pipeline.ModuleCompilerAnalyzedOutput
import org.jetbrains.kotlin.fir.pipeline.buildFirViaLightTree
import org.jetbrains.kotlin.fir.pipeline.runCheckers
import org.jetbrains.kotlin.fir.pipeline.runResolution
import org.jetbrains.kotlin.fir.resolve.ScopeSession
import org.jetbrains.kotlin.fir.session.FirJvmSessionFactory
import org.jetbrains.kotlin.fir.session.FirSharableJavaComponents
import org.jetbrains.kotlin.fir.session.StructuredProviders
import org.jetbrains.kotlin.fir.session.environment.AbstractProjectFileSearchScope
import org.jetbrains.kotlin.fir.session.firCachesFactoryForCliMode
import org.jetbrains.kotlin.fir.session.structuredProviders
import org.jetbrains.kotlin.load.kotlin.PackagePartProvider
import org.jetbrains.kotlin.modules.TargetId
import org.jetbrains.kotlin.name.Name
import org.jetbrains.kotlin.platform.jvm.JvmPlatforms
import java.io.File

/**
 * The Kotlin compiler, set up once for a class path: one source file in, classes out.
 *
 * It knows nothing of sessions; what one compilation is to know of earlier ones lies in [root]. To be used, and closed,
 * on one thread only.
 *
 * @param loaded classes that are on no class path, or null
 */
internal class FileCompiler(classPath: List<ClassPathEntry>, api: ApiVersion, private val root: SnippetRoot, loaded: LoaderRoot? = null) :
    AutoCloseable {
    private val lifetime = Disposer.newDisposable("manhole")
    private val configuration = configuration(classPath, api)
    private val environment =
        KotlinCoreEnvironment.createForProduction(lifetime, configuration, EnvironmentConfigFiles.JVM_CONFIG_FILES)
    private val files =
        VfsBasedProjectEnvironment(
            environment.project,
            VirtualFileManager.getInstance().getFileSystem(StandardFileSystems.FILE_PROTOCOL),
        ) { environment.createPackagePartProvider(it) }
    private val archives = ArchiveRoots()
    private val libraries = LibraryModule("libraries")
    private val snippets = LibraryModule("snippets")

    val project: Project get() = environment.project

    /** What the user has to know of the class path, or null. */
    val warning: String? get() = archives.warning

    /** What lies within jars of the class path, where the compiler's own file system does not reach. */
    val nestedRoots: List<VirtualFile>

    private val libraryScope: PsiBasedProjectFileSearchScope

    /** The environment keeps every one that is made, so it is made once. */
    private val libraryParts: PackagePartProvider

    /** Resolves names against the class path alone. */
    val librarySession: FirSession

    init {
        try {
            // Calling an earlier inline function, the back end asks the class index for its bytes.
            addRoot(root.folder)
            nestedRoots = classPath.filterIsInstance<ClassPathEntry.Nested>().mapNotNull(archives::root)
            nestedRoots.forEach(::addRoot)
            loaded?.let { addRoot(it.folder) }
            // It shows Kotlin sources to Java ones, of which there are none, and fails where a package is annotated.
            PsiElementFinder.EP.getPoint(project).unregisterExtension(JavaElementFinder::class.java)
            libraryScope = PsiBasedProjectFileSearchScope(ProjectScope.getLibrariesScope(project))
            libraryParts = files.getPackagePartProvider(libraryScope)
            librarySession = createLibrarySessions()
        } catch (e: Throwable) {
            close()
            throw e
        }
    }

    private fun addRoot(folder: VirtualFile) {
        environment.updateClasspath(listOf(VirtualJvmClasspathRoot(folder, false, false)))
        (FileIndexFacade.getInstance(project) as MockFileIndexFacade).addLibraryRoot(folder)
    }

    private fun createLibrarySessions(): FirSession {
        val java = FirSharableJavaComponents(firCachesFactoryForCliMode)
        val shared = createSharedSession(java)
        val session = createLibrarySession(shared, libraries, java)
        FirJvmSessionFactory
            .createLibrarySession(
                shared,
                snippets,
                SnippetLibraryEnvironment(files, root),
                emptyList(),
                libraryScope,
                PackagePartProvider.Empty,
                configuration.languageVersionSettings,
                java,
            ).withoutBuiltIns()
        return session
    }

    /** Asked first, its descriptions of Kotlin's own types would hide the library's classes, which have more to them on the JVM. */
    private fun FirSession.withoutBuiltIns() {
        val all = structuredProviders
        val others = all.dependencyProviders.filterNot { it is FirJvmBuiltinsSymbolProvider }
        register(StructuredProviders::class, StructuredProviders(all.sourceProviders, others, all.sharedProvider))
    }

    /**
     * Another session for the class path. Sessions remember what they were asked: all extensions of Kotlin's library take up
     * 20 MB. So who looks through whole packages does it in a session that can be dropped.
     */
    fun separateLibrarySession(): FirSession {
        val java = FirSharableJavaComponents(firCachesFactoryForCliMode)
        return createLibrarySession(createSharedSession(java), LibraryModule("packages"), java)
    }

    private fun createSharedSession(java: FirSharableJavaComponents): FirSession =
        FirJvmSessionFactory.createSharedLibrarySession(
            MODULE,
            files,
            emptyList(),
            libraryParts,
            configuration.languageVersionSettings,
            java,
        )

    private fun createLibrarySession(shared: FirSession, module: LibraryModule, java: FirSharableJavaComponents): FirSession =
        FirJvmSessionFactory.createLibrarySession(
            shared,
            module,
            files,
            emptyList(),
            libraryScope,
            libraryParts,
            configuration.languageVersionSettings,
            java,
        )

    /**
     * What became of a source file.
     *
     * @property classes by internal name, or null if there were errors
     * @property file the analysed source, or null if there were errors
     */
    class Output(val classes: Map<String, ByteArray>?, val diagnostics: List<KtDiagnostic>, val file: FirFile?)

    /**
     * Compiles a file of the given name and text. What goes wrong inside the compiler is thrown.
     *
     * @param seesInternals whether it may use what is internal to the application's modules
     */
    fun compile(name: String, text: String, seesInternals: Boolean): Output {
        val reporter = DiagnosticReporterFactory.createReporter(BaseDiagnosticsCollector.RawReporter.DO_NOTHING)
        val rejected by lazy { Output(null, reporter.diagnostics, null) }
        val configuration = configuration.copy()
        val session = sourceSession(name, configuration, seesInternals)
        val source = KtInMemoryTextSourceFile("$name.kt", "$name.kt", text)
        val raw = session.buildFirViaLightTree(listOf(source), reporter, null)
        if (reporter.hasErrors) return rejected
        val (scopes, resolved) = session.runResolution(raw)
        session.runCheckers(scopes, resolved, reporter, MppCheckerKind.Common)
        session.runCheckers(scopes, resolved, reporter, MppCheckerKind.Platform)
        if (reporter.hasErrors) return rejected
        val module = ModuleCompilerEnvironment(files, reporter)
        val analysed = FirResult(listOf(ModuleCompilerAnalyzedOutput(session, scopes, resolved)))
        val ir = convertAnalyzedFirToIr(configuration, TargetId(name, "java-production"), analysed, module)
        if (reporter.hasErrors) return rejected
        val generated = generateCodeFromIr(ir, module)
        if (reporter.hasErrors) return rejected
        val classes =
            generated.factory
                .asList()
                .filter { it.relativePath.endsWith(CLASS_SUFFIX) }
                .associate { it.relativePath.removeSuffix(CLASS_SUFFIX) to it.asByteArray() }
        return Output(classes, reporter.diagnostics, resolved.single())
    }

    /** A source file as far as the front end gets with it, errors and all. Nothing keeps it but who asked. */
    class Analysis(val session: FirSession, val scopes: ScopeSession, val file: FirFile)

    /** Resolves the names and types of a file, right or wrong, and makes nothing of it. */
    fun analyse(name: String, text: String): Analysis {
        val reporter = DiagnosticReporterFactory.createReporter(BaseDiagnosticsCollector.RawReporter.DO_NOTHING)
        val session = sourceSession(name, configuration.copy(), seesInternals = false)
        val source = KtInMemoryTextSourceFile("$name.kt", "$name.kt", text)
        val (scopes, resolved) = session.runResolution(session.buildFirViaLightTree(listOf(source), reporter, null))
        return Analysis(session, scopes, resolved.single())
    }

    /** A session of its own, Java components included: shared ones would keep every source session in memory. */
    private fun sourceSession(name: String, configuration: CompilerConfiguration, seesInternals: Boolean): FirSession {
        val module =
            FirSourceModuleData(
                Name.special("<$name>"),
                listOf(snippets.data, libraries.data),
                emptyList(),
                // As friends, earlier snippets show their internal members and can be smart-cast.
                if (seesInternals) listOf(snippets.data, libraries.data) else listOf(snippets.data),
                JvmPlatforms.defaultJvmPlatform,
            )
        return FirJvmSessionFactory.createSourceSession(
            module,
            AbstractProjectFileSearchScope.EMPTY,
            files,
            { null },
            emptyList(),
            configuration,
            FirSharableJavaComponents(firCachesFactoryForCliMode),
            false,
            true,
            {},
        )
    }

    /** Closes the application's files until there is something to compile again. */
    fun rest() = archives.close()

    /** After [rest]; false if the application's files are not what they were, so that another compiler is needed. */
    fun resume(): Boolean = archives.reopen()

    override fun close() = archives.use { Disposer.dispose(lifetime) }

    private companion object {
        val MODULE = Name.special("<manhole>")

        fun configuration(classPath: List<ClassPathEntry>, api: ApiVersion) =
            CompilerConfiguration().apply {
                messageCollector = MessageCollector.NONE
                put(CommonConfigurationKeys.MODULE_NAME, "manhole")
                put(CommonConfigurationKeys.USE_FIR, true)
                // The fast one frees its memory in a way that newer JVMs warn of on standard error.
                put(JVMConfigurationKeys.USE_FAST_JAR_FILE_SYSTEM, false)
                put(JVMConfigurationKeys.JVM_TARGET, JvmTarget.JVM_17)
                put(JVMConfigurationKeys.JDK_HOME, File(System.getProperty("java.home")))
                languageVersionSettings =
                    LanguageVersionSettingsImpl(
                        LanguageVersion.LATEST_STABLE,
                        api,
                        // The application's libraries may be newer than this compiler.
                        mapOf(AnalysisFlags.skipMetadataVersionCheck to true, AnalysisFlags.skipPrereleaseCheck to true),
                        mapOf(LanguageFeature.ContextParameters to LanguageFeature.State.ENABLED),
                    )
                addJvmClasspathRoots(classPath.filterIsInstance<ClassPathEntry.OnDisk>().map { it.file })
                configureJdkClasspathRoots()
            }
    }
}
