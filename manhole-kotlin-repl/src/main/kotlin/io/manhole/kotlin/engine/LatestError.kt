package io.manhole.kotlin.engine

/** The last exception that came out of evaluated code, by the name `err`, until something else of the session is called so. */
internal class LatestError {
    /** Where the session's declaration of the name looks; null when it has none. Written by the thread that evaluates. */
    private var values: MutableMap<String, Any?>? = null

    /** From now on it is found in that snippet's values. */
    fun declaredIn(values: MutableMap<String, Any?>) {
        this.values = values
    }

    fun set(thrown: Throwable) {
        values?.put(NAME, thrown)
    }

    companion object {
        const val NAME = "err"
        const val TYPE = "kotlin.Throwable?"

        /** Stands for it among the objects to be declared. */
        val PLACE = Any()
    }
}
