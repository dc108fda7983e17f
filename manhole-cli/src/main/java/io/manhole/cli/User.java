package io.manhole.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;

/**
 * A user of this machine. The principal is what the JDK gives for files and for socket peers alike; two principals are
 * equal when their ids are.
 */
record User(int uid, UserPrincipal principal) {

    /** The owner of a file; of the link itself if it is a symbolic link. */
    static User ownerOf(Path path) throws IOException {
        // Both at once: whoever exchanges the file in between must not be able to mix two owners.
        Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,owner", LinkOption.NOFOLLOW_LINKS);
        Integer uid = (Integer) attributes.get("uid");
        UserPrincipal owner = (UserPrincipal) attributes.get("owner");
        if (uid == null || owner == null) {
            throw new IOException("cannot tell who owns " + path);
        }
        return new User(uid, owner);
    }

    /** The user with this id, whether or not it has a name. */
    static User withId(int uid) throws IOException {
        UserPrincipal principal =
                FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(Integer.toString(uid));
        return new User(uid, principal);
    }

    boolean isRoot() {
        return uid == 0;
    }

    boolean is(User other) {
        return uid == other.uid;
    }

    /**
     * Whether this id may stand for any user: inside a user namespace that maps only some ids, all others look like the
     * overflow id.
     */
    boolean isUnmapped() {
        try {
            String overflow =
                    Files.readString(Path.of("/proc/sys/kernel/overflowuid")).strip();
            return Integer.parseInt(overflow) == uid
                    && !Files.readString(Path.of("/proc/self/uid_map")).contains("4294967295");
        } catch (IOException | NumberFormatException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return describe(principal);
    }

    static String describe(UserPrincipal principal) {
        String name = principal.getName();
        boolean nameless = !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
        return (nameless ? "uid " : "user ") + name;
    }
}
