package dev.ringway.observe;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.control.SearchWord;
import dev.ringway.control.services.Protocols;
import dev.ringway.service.Frontend;
import java.util.List;

/**
 * Which flows people want to see: all words must match. An address, with or without a port, is one of the flow's ends;
 * any other word is in the name of its Service, of a pod of this node or of a node, or in protocol or state.
 */
final class FlowFilter {
    private final List<SearchWord> words;
    private final Places places;

    FlowFilter(List<SearchWord> words, Places places) {
        this.words = words;
        this.places = places;
    }

    boolean takes(long flow) {
        if (words.isEmpty()) {
            return true;
        }
        final Frontend frontend = FlowNames.frontend(places.snapshot(), flow);
        for (SearchWord word : words) {
            if (!(word.isAddress() ? isEnd(word, flow, frontend) : isNamed(word, flow, frontend))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEnd(SearchWord word, long flow, Frontend frontend) {
        final int version = Flow.version(flow);
        return word.is(version, Flow.clientHi(flow), Flow.clientLo(flow), Flow.clientPort(flow))
                || word.is(version, Flow.vipHi(flow), Flow.vipLo(flow), Flow.vipPort(flow))
                || word.is(version, Flow.backendHi(flow), Flow.backendLo(flow), Flow.backendPort(flow))
                || word.is(version, Flow.seenHi(flow), Flow.seenLo(flow), Flow.seenPort(flow))
                || FlowNames.isToken(flow, frontend) && word.is(frontend.address, frontend.number);
    }

    private boolean isNamed(SearchWord word, long flow, Frontend frontend) {
        final int version = Flow.version(flow);
        return frontend != null && word.isIn(frontend.port.name)
                || word.isIn(Protocols.word(Flow.protocol(flow))) || word.isIn(FlowState.name(Flow.state(flow)))
                || isAt(word, version, Flow.clientHi(flow), Flow.clientLo(flow))
                || isAt(word, version, Flow.backendHi(flow), Flow.backendLo(flow))
                || Flow.entrance(flow) != 0 && word.isIn(places.node(Flow.entrance(flow) - 1));
    }

    private boolean isAt(SearchWord word, int version, long hi, long lo) {
        return word.isIn(places.pod(version, hi, lo)) || word.isIn(places.node(version, hi, lo));
    }
}
