package io.manhole.kotlin;

import java.util.List;

/** What a test completes members of. */
public class Parcel {
    /** How often a getter was called. */
    public static int looks;

    private final String label;

    public Parcel(String label) {
        this.label = label;
    }

    /** What is written on it. */
    public String getLabel() {
        looks++;
        return label;
    }

    public List<String> getStops() {
        looks++;
        return List.of(label);
    }

    public boolean isSealed() {
        looks++;
        return true;
    }

    /**
     * Sends it on, as {@code post} does.
     *
     * @param town where to
     */
    public Parcel send(String town) {
        looks++;
        return this;
    }

    public static Parcel empty() {
        return new Parcel("");
    }

    @SuppressWarnings("unused") // that it is not offered is the point
    private void secret() {}

    protected void guarded() {}

    void inPackage() {}

    /** One of a class's own. */
    public enum Size {
        SMALL,
        LARGE
    }

    @Override
    public String toString() {
        looks++;
        return label;
    }
}
