package dev.ringway.config;

import dev.ringway.control.FirstLines;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Objects of a file that nobody reads, counted by what they are: there may be many thousands. */
final class PassedOver {
    private static final String VOWELS = "AEIOUaeiou";
    private static final List<String> READ = List.of("Service", "EndpointSlice");

    private final Map<String, Some> kinds = new LinkedHashMap<>();

    private static final class Some {
        private final long place;
        private int count;

        private Some(long place) {
            this.place = place;
        }
    }

    /** @param what the object's kind, and what else tells why it is not read */
    void add(String what, long place) {
        // Words that a file makes up for each object must not fill the memory.
        final String key = kinds.size() < FirstLines.MOST || kinds.containsKey(what) ? what : "others";
        kinds.computeIfAbsent(key, kind -> new Some(place)).count++;
    }

    void tell(String source, FirstLines warnings) {
        kinds.forEach((what, some) -> {
            final String they = some.count == 1 ? (VOWELS.indexOf(what.charAt(0)) < 0 ? "a " : "an ") + what + " is"
                    : some.count + " objects of kind " + what + ", the first of them here, are";
            warnings.add(source + ":" + Places.text(some.place) + ": " + they + " passed over; only v1 Services and"
                    + " discovery.k8s.io/v1 EndpointSlices are read" + Suggestion.near(what, READ));
        });
    }
}
