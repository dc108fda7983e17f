package io.manhole;

/** Parts of the JDK that a runtime may lack, for it was put together without them or does not resolve them. */
final class JdkModules {

    private JdkModules() {}

    /** Whether classes of this module can be used here. Only asks: none of them is loaded. */
    static boolean has(String name) {
        Module own = JdkModules.class.getModule();
        return ModuleLayer.boot().findModule(name).filter(own::canRead).isPresent();
    }
}
