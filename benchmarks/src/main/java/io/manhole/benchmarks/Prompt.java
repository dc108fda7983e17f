package io.manhole.benchmarks;

import org.jspecify.annotations.Nullable;

/** One session of what is measured. */
interface Prompt extends AutoCloseable {

    /** The value of the text; throws what the text throws, or when it is rejected. */
    @Nullable
    Object eval(String text) throws Exception;

    /** Asks the evaluation that is under way to stop, by all means the engine has. */
    void interrupt(Thread evaluating);

    @Override
    void close();
}
