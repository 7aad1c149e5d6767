package dev.ringway.ipam;

/** An address cannot be given out; the message is for people. */
public final class IpamException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean temporary;

    /** @param temporary the same request may succeed later */
    IpamException(String message, boolean temporary) {
        super(message);
        this.temporary = temporary;
    }

    public boolean isTemporary() {
        return temporary;
    }
}
