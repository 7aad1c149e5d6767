package dev.ringway.config;

import java.util.List;

/** A configuration file was refused. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line each, with file, line, key path and what is allowed. */
    public List<String> problems() {
        return problems;
    }
}
