package io.manhole;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's tables of the TCP connections in this network namespace, {@code /proc/net/tcp} and {@code tcp6} of
 * {@code proc(5)}. The only way to learn whose a loopback connection is: both its ends have a row there, and the client's
 * names the user who made the socket.
 */
final class TcpTable {

    private static final String[] FILES = {"/proc/net/tcp", "/proc/net/tcp6"};

    /** Reading is not atomic: in a busy table a row may be passed over once. */
    private static final int ATTEMPTS = 3;

    private static final int ESTABLISHED = 0x01;
    private static final int FIN_WAIT1 = 0x04;
    private static final int FIN_WAIT2 = 0x05;
    private static final int CLOSE_WAIT = 0x08;

    /** One end of a connection. Inode 0: no process has it open any more, or none yet, and the uid says nothing. */
    private record Row(int state, long uid, long inode) {}

    /** What the tables say of one connection: of the client's end and of ours. */
    private record Ends(List<Row> client, List<Row> ours) {

        /** The client's end, if it is held open by a process, and beyond doubt the other end of what we accepted. */
        @Nullable
        Row owner() {
            if (client.size() != 1 || ours.size() != 1) {
                return null;
            }
            Row there = client.get(0);
            Row here = ours.get(0);
            boolean openThere = there.state == ESTABLISHED || there.state == FIN_WAIT1 || there.state == FIN_WAIT2;
            // Ours has an inode since it was accepted: without one it is another connection, of the same addresses,
            // that
            // took the place of one reset meanwhile.
            boolean openHere = here.state == ESTABLISHED || here.state == CLOSE_WAIT;
            return openThere && openHere && there.inode != 0 && here.inode != 0 ? there : null;
        }
    }

    private TcpTable() {}

    /** Whether there are such tables here: on Linux, unless /proc is missing. */
    static boolean isReadable() {
        return Files.isReadable(Path.of(FILES[0]));
    }

    /**
     * The user whose process holds the client's end of a loopback connection.
     *
     * <p>What must never happen is that a stranger is taken for root. A socket that its process has closed lives on for a
     * while, as nobody's, which the tables show as uid 0 with inode 0; and since the kernel takes no lock between writing
     * the two, a row in the moment of closing may have the inode of before and the uid of after. So the row is read twice,
     * and counts only if it is the same: the second inode proves that the first uid was read while the socket was open.
     *
     * @return -1 if that cannot be said for sure: no row, several, or one of a socket that is closed
     */
    static long uidOf(InetSocketAddress client, InetSocketAddress ours) throws IOException {
        if (!client.getAddress().isLoopbackAddress() || !ours.getAddress().isLoopbackAddress()) {
            return -1;
        }
        Ends first = read(client, ours);
        for (int i = 1; i < ATTEMPTS && (first.client.isEmpty() || first.ours.isEmpty()); i++) {
            first = read(client, ours);
        }
        Row owner = first.owner();
        if (owner == null) {
            return -1;
        }
        Row again = read(client, ours).owner();
        return again != null && again.uid == owner.uid && again.inode == owner.inode ? owner.uid : -1;
    }

    /**
     * Whether the client of a connection that we hold open is gone, as opposed to having closed its sending half.
     *
     * @return false also where the tables cannot tell
     */
    static boolean isGone(InetSocketAddress client, InetSocketAddress ours) throws IOException {
        Ends ends = read(client, ours);
        if (ends.ours.isEmpty()) {
            return true; // reset
        }
        return client.getAddress().isLoopbackAddress() && ends.client.stream().allMatch(end -> end.inode == 0);
    }

    private static Ends read(InetSocketAddress client, InetSocketAddress ours) throws IOException {
        Ends ends = new Ends(new ArrayList<>(), new ArrayList<>());
        for (String file : FILES) {
            if (file.equals(FILES[0]) || Files.isReadable(Path.of(file))) {
                read(file, new Match(client), new Match(ours), ends);
            }
        }
        return ends;
    }

    /** Stream, not channel: interrupting the reading thread must not matter. */
    private static void read(String file, Match client, Match ours, Ends ends) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new FileInputStream(file), StandardCharsets.US_ASCII), 64 << 10)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // Most lines are of others: the ports are looked at before anything is parsed.
                if (!line.contains(client.port) || !line.contains(ours.port)) {
                    continue;
                }
                String[] fields = line.trim().split("\\s+");
                if (fields.length < 10) {
                    continue;
                }
                if (client.is(fields[1]) && ours.is(fields[2])) {
                    add(ends.client, row(fields));
                } else if (ours.is(fields[1]) && client.is(fields[2])) {
                    add(ends.ours, row(fields));
                }
            }
        } catch (NumberFormatException e) {
            throw new IOException(file + " is not as expected: " + e.getMessage(), e);
        }
    }

    /** A row that is shown twice, because the table changed while it was read, is one. */
    private static void add(List<Row> rows, Row row) {
        if (!rows.contains(row)) {
            rows.add(row);
        }
    }

    private static Row row(String[] fields) {
        return new Row(Integer.parseInt(fields[3], 16), Long.parseLong(fields[7]), Long.parseLong(fields[9]));
    }

    /** An address as the tables write it: four-byte words in the machine's own byte order, a colon, the port. */
    private static final class Match {

        private static final String V4_MAPPED = word(0) + word(0) + word(0xffff);

        private final String port;
        private final String address;
        private final @Nullable String mapped;

        Match(InetSocketAddress of) {
            InetAddress ip = of.getAddress();
            port = String.format(Locale.ROOT, ":%04X ", of.getPort());
            address = words(ip.getAddress()) + port.trim();
            // A socket of IPv6 may be talking IPv4: then it is in the table of IPv6, with such an address.
            mapped = ip instanceof Inet4Address ? V4_MAPPED + address : null;
            assert mapped != null || ip instanceof Inet6Address;
        }

        boolean is(String field) {
            return field.equals(address) || field.equals(mapped);
        }

        private static String words(byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
            StringBuilder words = new StringBuilder();
            while (buffer.hasRemaining()) {
                words.append(word(buffer.getInt()));
            }
            return words.toString();
        }

        private static String word(int value) {
            int stored = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(value) : value;
            return String.format(Locale.ROOT, "%08X", stored);
        }
    }
}
