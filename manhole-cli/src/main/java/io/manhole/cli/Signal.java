package io.manhole.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The signals of Linux, with the numbers that they have on most processors. */
enum Signal {
    HUP(1),
    INT(2),
    QUIT(3),
    ILL(4),
    TRAP(5),
    ABRT(6),
    BUS(7),
    FPE(8),
    KILL(9),
    USR1(10),
    SEGV(11),
    USR2(12),
    PIPE(13),
    ALRM(14),
    TERM(15),
    STKFLT(16),
    CHLD(17),
    CONT(18),
    STOP(19),
    TSTP(20),
    TTIN(21),
    TTOU(22),
    URG(23),
    XCPU(24),
    XFSZ(25),
    VTALRM(26),
    PROF(27),
    WINCH(28),
    IO(29),
    PWR(30),
    SYS(31);

    /** Those that no JVM hands out, so that no manhole can be opened by them. */
    private static final Set<Signal> KEPT_BY_JVM = EnumSet.of(QUIT, ILL, FPE, KILL, SEGV, STOP);

    /** Those that a JVM catches anyhow: that it does says nothing about a manhole. */
    private static final Set<Signal> CAUGHT_BY_JVM = EnumSet.of(HUP, INT, TRAP, BUS, USR2, PIPE, TERM, XFSZ);

    /** Those that other things in an application are known to handle. */
    private static final Set<Signal> OF_OTHER_USE = EnumSet.of(ABRT, CHLD, CONT, TSTP, VTALRM, PROF);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /**
     * Understands a name with or without SIG, in any case, and a number.
     *
     * @throws ClientException if there is no such signal, or none that a manhole could wait for
     */
    static Signal parse(String text) throws ClientException {
        String name = text.strip().toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
        Signal signal = Stream.of(values())
                .filter(each -> each.name().equals(name)
                        || Integer.toString(each.number()).equals(name))
                .findFirst()
                .orElseThrow(() -> wrongUsage("there is no signal '" + text + "'"));
        if (KEPT_BY_JVM.contains(signal)) {
            throw wrongUsage("no JVM hands out " + signal + ", so it opens no manhole");
        }
        return signal;
    }

    private static ClientException wrongUsage(String trouble) {
        String good = Stream.of(values())
                .filter(each -> !KEPT_BY_JVM.contains(each))
                .map(Signal::name)
                .collect(Collectors.joining(", "));
        return new ClientException(
                ExitStatus.USAGE, trouble + "; there are " + good + ", with or without SIG, or by number");
    }

    /** Those for which an application has a handler of its own, perhaps for a manhole. */
    static List<Signal> perhapsOfManhole(TargetProcess process) {
        return Stream.of(values())
                .filter(each -> each.isCaughtBy(process))
                .filter(each ->
                        !KEPT_BY_JVM.contains(each) && !CAUGHT_BY_JVM.contains(each) && !OF_OTHER_USE.contains(each))
                .toList();
    }

    int number() {
        return number;
    }

    boolean isCaughtBy(TargetProcess process) {
        return ((process.caughtSignals() >>> (number - 1)) & 1) != 0;
    }

    boolean isCaughtByEveryJvm() {
        return CAUGHT_BY_JVM.contains(this);
    }

    @Override
    public String toString() {
        return "SIG" + name();
    }
}
