package dev.ringway.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.ringway.control.IoText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * The text of a file of objects, which may be read several times although something else takes the file's place
 * meanwhile. One thread at a time.
 */
final class ServiceText implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private ServiceText(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static ServiceText open(Path file) throws ConfigException {
        try {
            final BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw refusal(file, 0, attributes.isDirectory() ? "is a directory"
                        : "is neither a file nor a directory but a pipe, a socket or a device; such are not read");
            }
            return new ServiceText(file, FileChannel.open(file));
        } catch (IOException e) {
            throw refusal(file, 0, IoText.unreadable(e));
        }
    }

    /** A parser for the text from its beginning. */
    JsonParser parser() throws ConfigException {
        try {
            return ObjectText.parser(stream());
        } catch (IOException e) {
            throw refusal(e, 0);
        }
    }

    /** What is wrong with the text that a parser or the file system has refused. @param place if it does not tell */
    ConfigException refusal(IOException e, long place) {
        if (!(e instanceof JsonProcessingException parsing)) {
            return refusal(file, 0, IoText.unreadable(e));
        }
        try {
            final TextFault fault = TextFault.find(stream());
            if (fault != null && !(e instanceof TextException)) {
                return refusal(file, fault.place(), fault.problem());
            }
        } catch (IOException unreadable) {
            return refusal(file, 0, IoText.unreadable(unreadable));
        }
        final long told = ObjectText.place(parsing);
        return refusal(file, told == 0 ? place : told, ObjectText.problem(parsing));
    }

    static ConfigException refusal(Path file, long place, String message) {
        return new ConfigException(List.of(file + (place == 0 ? "" : ":" + Places.text(place)) + ": " + message));
    }

    private InputStream stream() {
        return new InputStream() {
            private long position;

            @Override
            public int read() throws IOException {
                final byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                final int count = channel.read(ByteBuffer.wrap(target, from, length), position);
                position += Math.max(0, count);
                return count;
            }
        };
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written.
        }
    }
}
