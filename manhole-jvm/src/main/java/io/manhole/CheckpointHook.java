package io.manhole;

import java.io.IOException;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * Closes the manhole for a CRaC checkpoint, since a process is not frozen with open sockets, and opens it again in the
 * restored one, which may have another pid. Loaded only where {@code org.crac} is on the class path of the application.
 */
final class CheckpointHook implements Resource {

    private final Manhole manhole;

    private CheckpointHook(Manhole manhole) {
        this.manhole = manhole;
    }

    /**
     * Has a manhole closed for checkpoints, if this application knows them.
     *
     * @return something to be kept for as long as the manhole is installed: {@code org.crac} refers to it weakly
     */
    static Object register(Manhole manhole) {
        CheckpointHook hook = new CheckpointHook(manhole);
        Core.getGlobalContext().register(hook);
        return hook;
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws IOException {
        manhole.suspend();
    }

    /** Reports what goes wrong, rather than making the application's restore fail. */
    @Override
    public void afterRestore(Context<? extends Resource> context) {
        manhole.resume();
    }
}
