package dev.ringway.cni;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the runtime asks for, from the environment. libcni always sets all variables, so an empty one is as good as
 * none; no field is null.
 */
record Invocation(String command, String containerId, String netns, String ifname, String args, String path,
        boolean ownNetnsAllowed) {
    private static final int MOST_IFNAME = 15;

    /** Reads the environment and refuses one that lacks what the command needs (code 4). */
    static Invocation of(Map<String, String> env) throws CniError {
        final Invocation invocation = new Invocation(get(env, "CNI_COMMAND"), get(env, "CNI_CONTAINERID"),
                get(env, "CNI_NETNS"), get(env, "CNI_IFNAME"), get(env, "CNI_ARGS"), get(env, "CNI_PATH"),
                isTrue(get(env, "CNI_NETNS_OVERRIDE")));
        invocation.require();
        return invocation;
    }

    private static String get(Map<String, String> env, String name) {
        final String value = env.get(name);
        return value == null ? "" : value;
    }

    static boolean isTrue(String text) {
        return text.equals("1") || text.equalsIgnoreCase("true");
    }

    private void require() throws CniError {
        final List<String> missing = new ArrayList<>();
        switch (command) {
            case "ADD", "CHECK" -> {
                needs(missing, "CNI_CONTAINERID", containerId);
                needs(missing, "CNI_NETNS", netns);
                needs(missing, "CNI_IFNAME", ifname);
            }
            case "DEL" -> {
                needs(missing, "CNI_CONTAINERID", containerId);
                needs(missing, "CNI_IFNAME", ifname);
            }
            case "GC" -> needs(missing, "CNI_PATH", path);
            case "STATUS", "VERSION" -> {
                return;
            }
            default -> throw new CniError(CniError.INVALID_ENVIRONMENT, "unknown CNI_COMMAND: " + command);
        }
        if (!missing.isEmpty()) {
            throw new CniError(CniError.INVALID_ENVIRONMENT,
                    "required env variables [" + String.join(",", missing) + "] missing");
        }
        if (!command.equals("GC")) {
            checkContainerId();
            checkIfname();
            CniArgs.check(args);
        }
    }

    private static void needs(List<String> missing, String name, String value) {
        if (value.isEmpty()) {
            missing.add(name);
        }
    }

    private void checkContainerId() throws CniError {
        if (!NetworkConfig.isName(containerId)) {
            throw new CniError(CniError.INVALID_ENVIRONMENT, "CNI_CONTAINERID is not valid: " + containerId,
                    "a letter or digit, then letters, digits and _ . -");
        }
    }

    private void checkIfname() throws CniError {
        boolean ok = ifname.length() <= MOST_IFNAME && !ifname.equals(".") && !ifname.equals("..");
        for (int i = 0; i < ifname.length(); i++) {
            final char c = ifname.charAt(i);
            ok &= c > ' ' && c < 127 && c != '/' && c != ':';
        }
        if (!ok) {
            throw new CniError(CniError.INVALID_ENVIRONMENT, "CNI_IFNAME is not valid: " + ifname,
                    "at most " + MOST_IFNAME + " characters, not . or .., without blanks, / and :");
        }
    }
}
