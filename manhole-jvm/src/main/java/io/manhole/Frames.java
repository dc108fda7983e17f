package io.manhole;

/** How a stack frame is written in dumps and traces. */
final class Frames {

    private Frames() {}

    /** Class, method, file and line: without loader and module, which make most of a frame's length and tell little. */
    static String text(StackTraceElement frame) {
        String place = frame.isNativeMethod()
                ? "native"
                : frame.getFileName() == null
                        ? "unknown source"
                        : frame.getLineNumber() < 0
                                ? frame.getFileName()
                                : frame.getFileName() + ":" + frame.getLineNumber();
        return frame.getClassName() + "." + frame.getMethodName() + "(" + place + ")";
    }
}
