package io.manhole.kotlin.engine.completion

import org.jetbrains.kotlin.com.intellij.openapi.project.Project
import org.jetbrains.kotlin.fir.declarations.FirDeclarationOrigin
import org.jetbrains.kotlin.fir.declarations.synthetic.FirSyntheticProperty
import org.jetbrains.kotlin.fir.originalIfFakeOverride
import org.jetbrains.kotlin.fir.symbols.FirBasedSymbol
import org.jetbrains.kotlin.fir.symbols.SymbolInternals
import org.jetbrains.kotlin.fir.symbols.impl.FirCallableSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirClassLikeSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirConstructorSymbol
import org.jetbrains.kotlin.fir.symbols.impl.FirFunctionSymbol
import org.jetbrains.kotlin.load.kotlin.JvmPackagePartSource
import org.jetbrains.kotlin.name.ClassId
import org.jetbrains.kotlin.name.FqName

/** Reads what the sources of a library say of a declaration. */
@OptIn(SymbolInternals::class)
internal class LibraryDocumentation(private val sources: Sources, project: Project, private val checkCanceled: () -> Unit) {
    private val declarations = SourceDeclarations(project)

    /** @property text plain, or null if the source has no comment there */
    class Found(val text: String?, val file: String, val line: Int)

    fun of(symbol: FirBasedSymbol<*>): Found? =
        when (val original = original(symbol)) {
            is FirClassLikeSymbol<*> -> find(original, original.classId, null)
            is FirCallableSymbol<*> -> original.callableId?.let { find(original, it.classId, it.packageName) }
            else -> null
        }

    /** What a source file has a declaration of: not a getter's property, nor what is inherited with other types. */
    private fun original(symbol: FirBasedSymbol<*>): FirBasedSymbol<*> {
        val declaration = symbol.fir
        if (declaration is FirSyntheticProperty) return original(declaration.getter.delegate.symbol)
        return (symbol as? FirCallableSymbol<*>)?.originalIfFakeOverride() ?: symbol
    }

    private fun find(symbol: FirBasedSymbol<*>, classId: ClassId?, packageName: FqName?): Found? {
        val wanted = wanted(symbol, classId)
        val inPackage = (classId?.packageFqName ?: packageName ?: return null).asString()
        val outer = wanted.classes.firstOrNull()
        val isJava = symbol.origin is FirDeclarationOrigin.Java || symbol.origin is FirDeclarationOrigin.Enhancement
        if (isJava && outer != null) {
            val source = sources.ofJavaClass(inPackage, outer) ?: return null
            return declarations.inJava(source.text, wanted)?.let { found(it, source, isJava = true) }
        }
        val part = ((symbol as? FirCallableSymbol<*>)?.containerSource as? JvmPackagePartSource)?.className?.internalName
        val folder = inPackage.replace('.', '/')
        // Those of Kotlin's own types that are Java's at run time have no class file.
        val classFile = part ?: if (inPackage.startsWith("kotlin")) "kotlin/Unit" else "$folder/$outer"
        val files = sources.ofKotlin(inPackage, wanted.name ?: wanted.classes.last(), "$classFile.class", checkCanceled)
        return files.firstNotNullOfOrNull { source ->
            declarations.inKotlin(source.text, wanted)?.let { found(it, source, isJava = false) }
        }
    }

    private fun wanted(symbol: FirBasedSymbol<*>, classId: ClassId?): Wanted {
        val classes = classId?.relativeClassName?.pathSegments().orEmpty().map { it.asString() }
        if (symbol !is FirCallableSymbol<*>) return Wanted(classes, null, null, null)
        val name = if (symbol is FirConstructorSymbol) classes.last() else symbol.name.asString()
        val parameters = (symbol as? FirFunctionSymbol<*>)?.valueParameterSymbols?.map { TypeText.of(it.resolvedReturnType) }
        return Wanted(classes, name, symbol.resolvedReceiverType?.let(TypeText::of), parameters)
    }

    private fun found(declaration: SourceDeclarations.Found, source: Sources.SourceFile, isJava: Boolean): Found {
        val line = source.text.substring(0, declaration.offset).count { it == '\n' } + 1
        return Found(declaration.comment?.let { Documentation.plain(it, isJava) }, source.path, line)
    }
}
