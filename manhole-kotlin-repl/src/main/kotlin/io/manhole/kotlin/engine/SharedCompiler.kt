package io.manhole.kotlin.engine

import io.manhole.kotlin.engine.completion.Completer
import io.manhole.repl.Completion
import io.manhole.repl.SymbolInfo
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executor
import java.util.concurrent.Future
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicInteger

/**
 * One compiler for all sessions that see the same application. Any thread may ask; the work is done on the compiler's.
 *
 * Created on the compiler's thread.
 */
internal class SharedCompiler(val application: Application, private val thread: Executor) {
    private val compilerThread = Thread.currentThread()
    private val sessions = AtomicInteger()
    private val root = SnippetRoot()
    private val files = FileCompiler(application.classPath, application.apiVersion, root, application.loadedClasses)
    private val snippets = SnippetCompiler(files)
    private val completer = Completer(files, application.classPath)
    private val common = CommonSnippets(newSession()) { code, name -> compile(code, name, Scope.EMPTY) }
    private val warmUp = WarmUp(thread) { text -> snippets.compile(text, SnippetName(newSession(), 0), Scope.EMPTY) }

    /** Tasks that somebody waits for and that have not begun. */
    private val waiting = AtomicInteger()

    /** Confined to the compiler's thread. */
    private var isResting = false

    /** The first compilations load the compiler, which may take a busy machine long. Written by the compiler's thread. */
    @Volatile
    private var isWarm = false
    private val questions = Questions { isWarm && waiting.get() > 0 }
    private val builtIns = BuiltInNames(files.librarySession)

    /** A number that no other session of this compiler has. */
    fun newSession(): Int = sessions.getAndIncrement()

    /**
     * Waits for the compilation, which ends early when the wait does.
     *
     * @throws InterruptedException when the waiting thread is interrupted
     */
    @Throws(InterruptedException::class)
    fun compile(code: String, name: SnippetName, scope: Scope): Compilation {
        val cancellation = Cancellation { isWarm && waiting.get() > 0 }
        warmUp.yieldToUser()
        questions.giveWay()
        val compilation =
            submit { cancellation.during { snippets.compile(code, name, scope) }.also { isWarm = isWarm || it is Compilation.Done } }
        try {
            return compilation.await()
        } catch (e: InterruptedException) {
            cancellation.request()
            throw e
        }
    }

    /**
     * Compiles what sees nothing of its session, once for all sessions.
     *
     * @param own names it in the session, where it is not kept for the others
     * @throws InterruptedException when the waiting thread is interrupted
     */
    @Throws(InterruptedException::class)
    fun compileOnce(code: String, own: () -> SnippetName): Compilation = common.compile(code, own)

    /** What users have to know of the application's class path, or null. */
    val warning: String? get() = files.warning

    /**
     * What could stand at the cursor.
     *
     * @throws InterruptedException when the waiting thread is interrupted
     */
    @Throws(InterruptedException::class)
    fun complete(code: String, cursor: Int, name: SnippetName, scope: Scope): List<Completion> =
        ask { checkCanceled -> completer.complete(code, cursor, name, scope, checkCanceled) }.orEmpty()

    /**
     * What the name at the cursor is.
     *
     * @param descriptions of the session's commands, by name
     * @throws InterruptedException when the waiting thread is interrupted
     */
    @Throws(InterruptedException::class)
    fun lookup(code: String, cursor: Int, name: SnippetName, scope: Scope, descriptions: Map<String, String>): SymbolInfo? =
        ask { checkCanceled -> completer.lookup(code, cursor, name, scope, descriptions, checkCanceled) }

    private fun <T> ask(question: (checkCanceled: () -> Unit) -> T): T? {
        warmUp.yieldToUser()
        return questions.ask(::submit, question)
    }

    fun isIncomplete(code: String): Future<Boolean> = submit { snippets.isIncomplete(code) }

    /** Those of the names that evaluated code could use without declaring them. */
    fun builtIn(names: Collection<String>): Future<List<String>> = submit { names.filter { it in builtIns } }

    /** Lets later snippets see the classes of this one. */
    fun remember(snippet: CompiledSnippet) = root.add(snippet.classes)

    fun forgetSession(session: Int) = root.removeSession(session)

    /** Compiles what most sessions use, so that the first user need not wait for the compiler's own classes. */
    fun warmUp() = warmUp.begin()

    /** Ends the warming up early, so that the compiler can go. Any thread may ask. */
    fun coolDown() = warmUp.end()

    /** Nobody needs it for now. On the compiler's thread. */
    fun rest() {
        isResting = true
        files.rest()
    }

    /** Somebody needs it again, after [rest]; false if it is of no more use. On the compiler's thread. */
    fun resume(): Boolean = files.resume().also { isResting = !it }

    /** On the compiler's thread. */
    fun close() = files.close()

    private fun <T> submit(task: () -> T): CompletableFuture<T> {
        val result = CompletableFuture<T>()
        waiting.incrementAndGet()
        val completing =
            Runnable {
                waiting.decrementAndGet()
                try {
                    // What closed sessions still ask for must not find the application's files closed: that would be remembered.
                    if (isResting) throw RejectedExecutionException("the session is closed")
                    result.complete(task())
                } catch (e: Throwable) {
                    result.completeExceptionally(e)
                }
            }
        // A session is opened on the compiler's thread, which would wait for itself.
        if (Thread.currentThread() === compilerThread) completing.run() else enqueue(completing)
        return result
    }

    private fun enqueue(task: Runnable) {
        try {
            thread.execute(task)
        } catch (e: RejectedExecutionException) {
            waiting.decrementAndGet()
            throw e
        }
    }
}

/** Waits, and throws what the task threw. */
@Throws(InterruptedException::class)
internal fun <T> Future<T>.await(): T =
    try {
        get()
    } catch (e: ExecutionException) {
        throw e.cause ?: e
    }
