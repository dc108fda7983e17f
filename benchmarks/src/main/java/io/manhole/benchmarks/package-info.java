/** How fast the prompts are, and how much they take of a process: whole processes ({@link io.manhole.benchmarks.Report}) and JMH. */
@org.jspecify.annotations.NullMarked
package io.manhole.benchmarks;
