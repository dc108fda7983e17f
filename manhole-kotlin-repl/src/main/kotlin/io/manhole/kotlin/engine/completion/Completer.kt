package io.manhole.kotlin.engine.completion

import io.manhole.kotlin.engine.ClassPathEntry
import io.manhole.kotlin.engine.FileCompiler
import io.manhole.kotlin.engine.Form
import io.manhole.kotlin.engine.Scope
import io.manhole.kotlin.engine.SnippetName
import io.manhole.kotlin.engine.SnippetRewriter
import io.manhole.kotlin.engine.SnippetText
import io.manhole.kotlin.engine.TextLimits
import io.manhole.repl.Completion
import io.manhole.repl.SymbolInfo
import org.jetbrains.kotlin.fir.FirSession
import org.jetbrains.kotlin.fir.symbols.FirBasedSymbol
import java.lang.ref.SoftReference

/**
 * Says what could stand at the cursor of a text, from what the front end makes of the text. Nothing of it is run, and nothing
 * is kept but what memory can spare: the names of the classes on the class path, and what was read of libraries. On the
 * compiler's thread only.
 */
internal class Completer(private val files: FileCompiler, classPath: List<ClassPathEntry>) {
    private val classPath = classPath.filterIsInstance<ClassPathEntry.OnDisk>().map { it.file }
    private val sources = Sources(this.classPath)
    private var librarySession = SoftReference<FirSession>(null)
    private var classNames = SoftReference<ClassNames>(null)

    /** @param checkCanceled throws when nobody waits for the answer any longer */
    fun complete(code: String, cursor: Int, name: SnippetName, scope: Scope, checkCanceled: () -> Unit): List<Completion> {
        val text = CursorText.of(code, cursor)
        val candidates = Candidates(text.prefix, checkCanceled)
        collect(text, name, scope, candidates)
        return candidates.completions(text.start)
    }

    private fun collect(cursor: CursorText, name: SnippetName, scope: Scope, candidates: Candidates) {
        val parsed = parse(cursor.with(CursorText.MARK)) ?: return
        val place = Place.at(parsed.file, cursor.start) ?: return
        if (place is Place.Name && cursor.followsOperand) {
            // `1 sh` are two statements to the parser, until there is something on the other side.
            val operation = parse(cursor.with(CursorText.MARK + " null"))
            if (operation != null && Place.at(operation.file, cursor.start) is Place.Infix) {
                return collect(Place.Infix, operation, name, scope, candidates)
            }
        }
        collect(place, parsed, name, scope, candidates)
    }

    private fun parse(code: String): SnippetText? =
        if (TextLimits.exceededBy(code) != null) null else SnippetText.parse(files.project, code).takeUnless { it.isTooDeep }

    private fun collect(place: Place, parsed: SnippetText, name: SnippetName, scope: Scope, candidates: Candidates) {
        val text = analyse(parsed, name, scope)
        CandidateSearch(text, scope, Names(text.session, text.scopes, classNames(), librarySession()), candidates).at(place, parsed.file)
        Keywords.at(place).forEach { word -> candidates.add(Candidate(word, Candidate.KEYWORD, Rank.KEYWORD, null) { null }) }
    }

    /**
     * What the name at the cursor is, or null if that cannot be said.
     *
     * @param descriptions of the session's commands, by name
     */
    fun lookup(
        code: String,
        cursor: Int,
        name: SnippetName,
        scope: Scope,
        descriptions: Map<String, String>,
        checkCanceled: () -> Unit,
    ): SymbolInfo? {
        val text = CursorText.of(code, cursor)
        if (text.identifier.isEmpty()) return null
        val symbol = resolved(text, name, scope) ?: offered(text, name, scope, checkCanceled) ?: return null
        val told = SymbolText(symbol)
        val own = if (told.owner == null) scope.visible.lastOrNull { it.name == told.name } else null
        val library = if (told.owner == null) null else LibraryDocumentation(sources, files.project, checkCanceled).of(symbol)
        val documentation =
            library?.text ?: own?.documentation?.let { Documentation.plain(it, isJava = false) } ?: own?.let { descriptions[it.name] }
        return SymbolInfo(
            text.identifier,
            told.kind,
            told.signature,
            told.type,
            told.owner,
            documentation,
            library?.file,
            library?.line ?: 0,
        )
    }

    /** What the compiler takes the name for. */
    private fun resolved(cursor: CursorText, name: SnippetName, scope: Scope): FirBasedSymbol<*>? {
        val parsed = parse(cursor.with(cursor.identifier)) ?: return null
        if (Place.at(parsed.file, cursor.start) !is Place.Import) {
            val source = rewrite(parsed, name, scope)
            val text = AnalysedText(files.analyse(name.objectName, source.text), source.offsetOf(cursor.start) ?: return null)
            return symbolAtCursor(text, cursor.identifier)
        }
        return null
    }

    /** What it would stand for if it were chosen from what can stand there. */
    private fun offered(cursor: CursorText, name: SnippetName, scope: Scope, checkCanceled: () -> Unit): FirBasedSymbol<*>? {
        val candidates = Candidates(cursor.identifier, checkCanceled)
        collect(cursor, name, scope, candidates)
        return candidates.sorted().firstOrNull { it.name == cursor.identifier && it.symbol != null }?.symbol
    }

    private fun analyse(parsed: SnippetText, name: SnippetName, scope: Scope): AnalysedText {
        val source = rewrite(parsed, name, scope)
        return AnalysedText(files.analyse(name.objectName, source.text), source.text.indexOf(CursorText.MARK))
    }

    private fun rewrite(parsed: SnippetText, name: SnippetName, scope: Scope) =
        SnippetRewriter(parsed, name, scope, Form(lastIsValue = false)).rewrite()

    /** Kept while it is in use and there is memory to spare. */
    private fun librarySession(): FirSession =
        librarySession.get() ?: files.separateLibrarySession().also { librarySession = SoftReference(it) }

    private fun classNames(): ClassNames =
        classNames.get() ?: ClassNames.of(classPath, files.nestedRoots).also { classNames = SoftReference(it) }
}
