/** A plain Java service with a manhole; it runs from the class path as well. */
module io.manhole.samples.javacore {
    requires io.manhole;

    exports io.manhole.samples.javacore;
}
