package dev.ringway.config;

import dev.ringway.encap.GreSettings;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.encap.VxlanSettings;

/** The section {@code encap}. */
final class EncapReader {
    private static final int VXLAN_PORT = 4789;
    private static final int GRE_PORT = 4754;
    private static final int MOST_PORT = 65_535;
    private static final int MOST_VNI = 0xFF_FFFF;
    private static final long MOST_KEY = 0xFFFF_FFFFL;

    private EncapReader() {
    }

    static EncapConfig read(Section section) {
        try (section) {
            final boolean vxlan = section.value("type").choice("vxlan", "gre").equals("vxlan");
            final Value vni = section.value("vni");
            final Value key = section.value("key");
            final TunnelSettings tunnel = vxlan ? vxlan(vni, key) : gre(vni, key);
            final int port = section.value("port").integerOrAuto(1, MOST_PORT, "");
            return new EncapConfig(tunnel, port != 0 ? port : vxlan ? VXLAN_PORT : GRE_PORT,
                    section.value("dscp").choice("pipe", "uniform").equals("uniform"),
                    section.value("checksum").flag(true));
        }
    }

    private static TunnelSettings vxlan(Value vni, Value key) {
        if (!isNone(key)) {
            key.refuse("belongs to encap.type gre; vxlan has a vni");
        }
        return new VxlanSettings(vni.integer(1, 0, MOST_VNI, ""));
    }

    private static TunnelSettings gre(Value vni, Value key) {
        if (!vni.isAbsent()) {
            vni.refuse("belongs to encap.type vxlan; gre has a key");
        }
        return isNone(key) ? new GreSettings(false, 0) : new GreSettings(true, (int) key.integer(0, 0, MOST_KEY, ""));
    }

    private static boolean isNone(Value key) {
        return key.isAbsent() || key.isWord("none");
    }
}
