package io.manhole;

/** Parts of the JDK that a runtime may lack, for it was put together without them or does not resolve them. */
final class JdkModules {

    private JdkModules() {}

    /** Whether classes of this module can be loaded here. */
    static boolean has(String name) {
        return ModuleLayer.boot().findModule(name).isPresent();
    }
}
