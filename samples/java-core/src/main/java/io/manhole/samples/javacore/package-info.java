/** A small service in plain Java, to be looked into while it runs. */
package io.manhole.samples.javacore;
