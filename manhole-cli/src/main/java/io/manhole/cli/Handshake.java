package io.manhole.cli;

import io.manhole.nrepl.BencodeException;
import io.manhole.nrepl.BencodeWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first exchange on a connection. Both requests are one message of bytes, ready before we connect: a server that hears
 * nothing for 30 ms takes us for a plain terminal.
 */
final class Handshake {

    private static final String DESCRIBE = "describe";
    private static final String REFUSAL = "manhole: refused";
    private static final int MAX_LINE_BYTES = 4096;

    private final Target target;
    private final SessionChoice choice;
    private final byte[] hello;

    Handshake(Target target, SessionChoice choice) {
        this.target = target;
        this.choice = choice;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(BencodeWriter.write(Map.of("op", DESCRIBE, "id", DESCRIBE)));
        // Last: behind the answer may come what the session had to say while we were away.
        bytes.writeBytes(BencodeWriter.write(choice.request()));
        hello = bytes.toByteArray();
    }

    /**
     * Opens a session. Blocks until the server has answered; closing the channel from another thread ends that.
     *
     * @throws GreetedInPlainException when the server took us for a plain terminal
     * @throws ClientException when the server refuses us, or is not who it should be
     */
    Session perform(SocketChannel channel) throws IOException, ClientException {
        try {
            send(channel);
        } catch (IOException e) {
            // A server that refused us has closed its end, but what it said can still be read.
            if (!channel.isOpen()) {
                throw e;
            }
        }
        ChannelInput input = new ChannelInput(channel);
        int first = input.peek();
        if (first >= 0 && first != 'd') {
            rejectPlainText(input);
        }
        return openSession(new NreplConnection(channel, input, choice.earlier() != null));
    }

    private void send(SocketChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(hello);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void rejectPlainText(ChannelInput input) throws IOException, ClientException {
        String line = readLine(input);
        if (line.startsWith(REFUSAL)) {
            throw new ClientException(ExitStatus.REFUSED, "the server answered: " + line);
        }
        throw new GreetedInPlainException(line);
    }

    private static String readLine(ChannelInput input) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = input.read(); b >= 0 && line.size() < MAX_LINE_BYTES; b = input.read()) {
            if (b == '\n' && line.size() > 0) {
                break;
            }
            if (b != '\n' && b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private Session openSession(NreplConnection connection) throws IOException, ClientException {
        ServerDescription description = null;
        String session = null;
        long keptSeconds = 0;
        while (description == null || session == null) {
            Message message = read(connection);
            String id = String.valueOf(message.text("id"));
            if (message.status().contains("error")) {
                throw new ClientException(
                        ExitStatus.NO_CONNECTION,
                        "the server at " + target.socket() + " answered '" + id + "' with "
                                + errorText(message.text("err"), message.status()));
            }
            if (id.equals(DESCRIBE) && message.done()) {
                description = ServerDescription.of(message);
            } else if (id.equals(choice.op()) && choice.idIn(message) != null) {
                session = choice.idIn(message);
                keptSeconds = message.fields().get("manhole/keep") instanceof Long seconds ? seconds : 0;
            }
        }
        checkPid(description);
        return new Session(connection, session, description, keptSeconds);
    }

    private static String errorText(@Nullable String err, Set<String> status) {
        return err == null ? status.toString() : err.strip();
    }

    private Message read(NreplConnection connection) throws IOException, ClientException {
        try {
            return connection.read();
        } catch (BencodeException e) {
            throw new ClientException(
                    ExitStatus.NO_CONNECTION,
                    "what listens at " + target.socket() + " is no manhole, or a broken one: " + e.getMessage());
        }
    }

    /** One user's processes can stand in each other's places, by accident: a pid that was used again, for one. */
    private void checkPid(ServerDescription description) throws ClientException {
        TargetProcess process = target.process();
        String pid = description.pid();
        if (process != null
                && pid != null
                && !pid.equals(process.pid())
                && !process.pids().contains(pid)) {
            throw new ClientException(
                    ExitStatus.REFUSED,
                    "process " + pid + " listens at " + target.socket() + ", not process " + process.pid()
                            + "; nothing was evaluated");
        }
    }
}
