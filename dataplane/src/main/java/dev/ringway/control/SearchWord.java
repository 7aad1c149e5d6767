package dev.ringway.control;

import dev.ringway.fib.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the words that people look for something by. An address, alone or with a port, means exactly that one; any
 * other word is a part of a name, in whatever case. Asking allocates nothing.
 *
 * @param text     as it was written
 * @param endpoint the address it is, or null
 */
public record SearchWord(String text, IpEndpoint endpoint) {
    public static SearchWord of(String text) {
        try {
            return new SearchWord(text, IpEndpoint.parse(text));
        } catch (IllegalArgumentException e) {
            return new SearchWord(text, null);
        }
    }

    public static List<SearchWord> all(Iterable<String> texts) {
        final List<SearchWord> all = new ArrayList<>();
        texts.forEach(text -> all.add(of(text)));
        return List.copyOf(all);
    }

    public boolean isAddress() {
        return endpoint != null;
    }

    /** True if the word is this address, with this port if it has one. */
    public boolean is(int version, long hi, long lo, int port) {
        final IpAddress address = endpoint == null ? null : endpoint.address();
        return address != null && address.hi() == hi && address.lo() == lo && address.version() == version
                && (endpoint.port() == 0 || endpoint.port() == port);
    }

    public boolean is(IpAddress address, int port) {
        return is(address.version(), address.hi(), address.lo(), port);
    }

    /** True if the word is a part of a name. */
    public boolean isIn(String name) {
        if (endpoint != null || name == null) {
            return false;
        }
        final int last = name.length() - text.length();
        for (int i = 0; i <= last; i++) {
            if (name.regionMatches(true, i, text, 0, text.length())) {
                return true;
            }
        }
        return false;
    }
}
