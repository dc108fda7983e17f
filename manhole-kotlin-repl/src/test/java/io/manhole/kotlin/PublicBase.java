package io.manhole.kotlin;

/** The nearest type by which evaluated code can know a class that is hidden. */
public class PublicBase {
    /** Changed by evaluated code. */
    public int count;

    /** For subclasses. */
    protected PublicBase() {}

    /** Answers. */
    public String answer() {
        return "base";
    }
}
