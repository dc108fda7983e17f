package io.manhole;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where an evaluation stands that does not stop, for the user to decide what to do about it. */
final class StuckEvaluation {

    /** Packages whose frames say how it waits, but not what for. */
    private static final List<String> LIBRARIES = List.of("java.", "javax.", "jdk.", "sun.", "kotlin.");

    private StuckEvaluation() {}

    /** Thread and frame, on one line. */
    static String place(Thread thread) {
        StackTraceElement[] frames = thread.getStackTrace();
        String state = waiting(thread);
        if (frames.length == 0) {
            return "thread \"" + Printable.line(thread.getName()) + "\" at an unknown place" + state;
        }
        String place = "thread \"" + Printable.line(thread.getName()) + "\" at " + Frames.text(frames[0]);
        @Nullable StackTraceElement caller = caller(frames);
        return place + (caller == null ? "" : ", called from " + Frames.text(caller)) + state;
    }

    /** The first frame of the application's or the user's, unless that is the top one. */
    private static @Nullable StackTraceElement caller(StackTraceElement[] frames) {
        for (int i = 0; i < frames.length; i++) {
            String name = frames[i].getClassName();
            if (LIBRARIES.stream().noneMatch(name::startsWith)) {
                return i == 0 ? null : frames[i];
            }
        }
        return null;
    }

    private static String waiting(Thread thread) {
        if (thread.getState() != Thread.State.BLOCKED) {
            return "";
        }
        @Nullable ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId());
        if (info == null || info.getLockName() == null) {
            return "";
        }
        return ", waiting for the lock " + info.getLockName()
                + (info.getLockOwnerName() == null
                        ? ""
                        : ", which thread \"" + Printable.line(info.getLockOwnerName()) + "\" holds");
    }
}
