package io.manhole.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Where lines come from: code to evaluate, or input for code that reads its standard input. */
@FunctionalInterface
interface LineSource {

    /**
     * The next line without its end, or null at the end of the input. Blocks.
     *
     * @throws InterruptedException when the user pressed Ctrl-C instead
     */
    @Nullable
    String readLine() throws IOException, InterruptedException;

    /** Reads UTF-8, whatever the locale; bytes that are not UTF-8 are replaced. */
    static LineSource of(InputStream in) {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        return reader::readLine;
    }
}
