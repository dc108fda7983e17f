/**
 * The Kotlin prompt: the small half of it that an application's class path sees.
 *
 * <p>The engine itself, written in Kotlin, and the compiler it needs are carried inside this module's jar. They are unpacked
 * to a folder of the user's own and loaded by a class loader of their own, so that the application's Kotlin, whichever
 * version it is, or none, is neither used nor disturbed.
 */
@NullMarked
package io.manhole.kotlin;

import org.jspecify.annotations.NullMarked;
