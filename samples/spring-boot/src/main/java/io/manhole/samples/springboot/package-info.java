/** A shop's orders: a web service with a database, and a manhole into it. */
@org.jspecify.annotations.NullMarked
package io.manhole.samples.springboot;
