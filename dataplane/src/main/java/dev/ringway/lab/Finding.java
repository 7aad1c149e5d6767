package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One thing that the check looked at. */
interface Finding {
    boolean ok();

    /** One line for a person, with a command that shows the same again. Only asked when it is not ok. */
    String complaint();

    /** For {@code check --json}. */
    ObjectNode json();
}
