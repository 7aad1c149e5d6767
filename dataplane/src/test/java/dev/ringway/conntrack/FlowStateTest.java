package dev.ringway.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowStateTest {
    /**
     * Seconds of Linux' nf_conntrack (nf_conntrack-sysctl.rst; nf_conntrack_proto_sctp.c), and of kube-proxy where that
     * sets others ({@code conntrack.tcpEstablishedTimeout}, {@code tcpCloseWaitTimeout}).
     */
    @ParameterizedTest(name = "{0} {2} s")
    @CsvSource({
        "nf_conntrack_udp_timeout,                        1,  30",
        "nf_conntrack_udp_timeout,                        2,  30",
        "nf_conntrack_udp_timeout_stream,                 3,  120",
        "nf_conntrack_tcp_timeout_syn_sent,               4,  120",
        "nf_conntrack_tcp_timeout_syn_recv,               5,  60",
        "kube-proxy's for nf_conntrack_tcp_timeout_established (432000), 6, 86400",
        "nf_conntrack_tcp_timeout_fin_wait,               7,  120",
        "kube-proxy's for nf_conntrack_tcp_timeout_close_wait (60), 8, 3600",
        "nf_conntrack_tcp_timeout_last_ack,               9,  30",
        "nf_conntrack_tcp_timeout_time_wait,              10, 120",
        "nf_conntrack_tcp_timeout_close,                  11, 10",
        "nf_conntrack_tcp_timeout_syn_sent (SYN_SENT2),   12, 120",
        "nf_conntrack_icmp_timeout and _icmpv6_timeout,   13, 30",
        "nf_conntrack_sctp_timeout_cookie_wait,           14, 3",
        "nf_conntrack_sctp_timeout_cookie_echoed,         15, 3",
        "nf_conntrack_sctp_timeout_established,           16, 210",
        "nf_conntrack_sctp_timeout_shutdown_sent _recd and _ack_sent, 17, 3",
        "nf_conntrack_sctp_timeout_closed,                18, 10"})
    void timeouts(String sysctl, int state, int seconds) {
        assertEquals(seconds, FlowState.timeoutS(state), FlowState.name(state) + ": " + sysctl);
    }

    /** The numbers lie in files that the next daemon reads, and the table above has them all. */
    @Test
    void numbers() {
        assertEquals(1, FlowState.UNREPLIED);
        assertEquals(6, FlowState.ESTABLISHED);
        assertEquals(13, FlowState.QUERY);
        assertEquals(18, FlowState.SCTP_CLOSED);
        assertFalse(FlowState.exists(0));
        assertFalse(FlowState.exists(19));
    }
}
