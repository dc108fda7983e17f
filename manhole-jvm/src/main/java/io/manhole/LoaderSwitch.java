package io.manhole;

import io.manhole.repl.Completion;
import io.manhole.repl.EvalResult;
import io.manhole.repl.Repl;
import io.manhole.repl.SymbolInfo;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session's engine, and the class loader that it sees the application through. Another loader needs another engine, since
 * all that was declared so far refers to classes of the first; it is opened when the evaluation that asked for it has ended.
 *
 * <p>Evaluated code may hold on to the commands, which lead here: after {@link #close} nothing of an engine or of the
 * application is to be reached from here.
 */
final class LoaderSwitch implements Repl {

    /** How the session gets its engines. */
    interface Opening {
        Repl open(ClassLoader loader) throws Exception;

        /** The session goes on with the engine that it has. */
        void failed(ClassLoader loader, Throwable cause);
    }

    private @Nullable Map<String, @Nullable Object> locals; // guarded by this
    private @Nullable Opening opening; // guarded by this
    private @Nullable Repl current; // guarded by this
    private WeakReference<ClassLoader> loader; // guarded by this
    private @Nullable ClassLoader chosen; // guarded by this: until it is switched to
    private @Nullable Object turn; // guarded by this: of the evaluation that the session waits for
    private List<WeakReference<ClassLoader>> listed = List.of(); // guarded by this: as last shown, numbered from 1

    LoaderSwitch(ClassLoader first, Map<String, @Nullable Object> locals) {
        loader = new WeakReference<>(first);
        this.locals = locals;
    }

    /** Opens the first engine; to be called once. */
    void open(ClassLoader first, Opening how) throws Exception {
        Repl opened = how.open(first);
        synchronized (this) {
            opening = how;
            current = opened;
        }
    }

    /** The loaders that there are, for the user. */
    String table() {
        LoaderList found = list();
        @Nullable ClassLoader own;
        synchronized (this) {
            own = chosen == null ? loader.get() : chosen;
        }
        return found.table(own)
                + "* is this session's; useLoader(2), or with an object, a class, a thread or a loader: another\n";
    }

    private LoaderList list() {
        Map<String, @Nullable Object> objects;
        @Nullable ClassLoader own;
        synchronized (this) {
            objects = locals == null ? Map.of() : locals;
            own = loader.get();
        }
        LoaderList found = LoaderList.of(own, objects);
        List<WeakReference<ClassLoader>> numbered = new ArrayList<>();
        found.loaders().forEach(each -> numbered.add(new WeakReference<>(each)));
        synchronized (this) {
            listed = numbered;
        }
        return found;
    }

    /**
     * Chooses another loader, for what is evaluated next.
     *
     * @param by a number of the last table, or what a loader can be told by: see {@link LoaderList#loaderOf}
     * @return what came of it, for the user
     */
    String use(@Nullable Object by) {
        @Nullable
        ClassLoader wanted = by instanceof Integer || by instanceof Long ? numbered(((Number) by).longValue()) : null;
        if (wanted == null) {
            if (by instanceof Integer || by instanceof Long) {
                return "there is no loader " + by + "; loaders() lists those that there are\n";
            }
            wanted = LoaderList.loaderOf(by, list());
        }
        if (wanted == null) {
            return "that has no class loader that sees an application: give a number of loaders(), a loader's name, or an"
                    + " object, class, thread or loader\n";
        }
        synchronized (this) {
            if (opening == null) {
                return "there is no engine here that would look for classes\n";
            }
            if (wanted == loader.get()) {
                chosen = null;
                return "classes are looked for there already: " + LoaderList.describe(wanted) + "\n";
            }
            chosen = wanted;
        }
        return "from the next line on, classes are those that " + LoaderList.describe(wanted)
                + " sees; what was declared so far is gone, as it refers to others\n";
    }

    private @Nullable ClassLoader numbered(long number) {
        boolean unseen;
        synchronized (this) {
            unseen = listed.isEmpty();
        }
        if (unseen) {
            LoaderList unused = list();
        }
        synchronized (this) {
            return number < 1 || number > listed.size()
                    ? null
                    : listed.get((int) number - 1).get();
        }
    }

    @Override
    public EvalResult eval(String text) {
        Object own = new Object();
        @Nullable Repl engine;
        synchronized (this) {
            engine = current;
            turn = own;
        }
        if (engine == null) {
            return new EvalResult.Failed(new IllegalStateException("this session is closed"));
        }
        try {
            return engine.eval(text);
        } finally {
            switchIfAsked(own);
        }
    }

    /** The new engine is open before the old one is closed, so that what they share stays. */
    private void switchIfAsked(Object own) {
        @Nullable ClassLoader wanted;
        @Nullable Opening how;
        synchronized (this) {
            if (turn != own) {
                return; // left behind: the session evaluates something else
            }
            wanted = chosen;
            how = opening;
            chosen = null;
        }
        if (wanted == null || how == null) {
            return;
        }
        Repl left;
        try {
            left = how.open(wanted);
        } catch (Exception | LinkageError e) {
            how.failed(wanted, e);
            return;
        }
        synchronized (this) {
            if (current != null && turn == own) {
                Repl opened = left;
                left = current;
                current = opened;
                loader = new WeakReference<>(wanted);
            }
        }
        left.close();
    }

    private synchronized @Nullable Repl engine() {
        return current;
    }

    @Override
    public boolean isComplete(String text) {
        @Nullable Repl engine = engine();
        return engine == null || engine.isComplete(text);
    }

    @Override
    public List<Completion> complete(String text, int cursor) {
        @Nullable Repl engine = engine();
        return engine == null ? List.of() : engine.complete(text, cursor);
    }

    @Override
    public @Nullable SymbolInfo lookup(String text, int cursor) {
        @Nullable Repl engine = engine();
        return engine == null ? null : engine.lookup(text, cursor);
    }

    @Override
    public void interrupt() {
        @Nullable Repl engine = engine();
        if (engine != null) {
            engine.interrupt();
        }
    }

    @Override
    public boolean abandon(Thread evaluator) {
        @Nullable Repl engine;
        synchronized (this) {
            engine = current;
            turn = null;
        }
        return engine == null || engine.abandon(evaluator);
    }

    @Override
    public void close() {
        @Nullable Repl last;
        synchronized (this) {
            last = current;
            current = null;
            opening = null;
            chosen = null;
            locals = null;
            listed = List.of();
        }
        if (last != null) {
            last.close();
        }
    }
}
