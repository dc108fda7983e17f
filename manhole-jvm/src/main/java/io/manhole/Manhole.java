package io.manhole;

/** t. */
public final class Manhole {
    private Manhole() {}
}
