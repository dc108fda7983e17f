/** Several processes with a manhole each, of which one at a time is opened by writing its pid into a file. */
@NullMarked
package io.manhole.samples.filetrigger;

import org.jspecify.annotations.NullMarked;
