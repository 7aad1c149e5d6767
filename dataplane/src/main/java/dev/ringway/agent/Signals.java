package dev.ringway.agent;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signal handlers. The JDK's only way to them, sun.misc.Signal, is exported but not for the compiler to see without a
 * warning; hence by reflection.
 */
final class Signals {
    private Signals() {
    }

    /**
     * Runs an action on a thread of the JVM's whenever the signal comes, instead of what the JVM does.
     *
     * @param name without SIG, as in HUP
     */
    static void on(String name, Runnable action) {
        try {
            final Class<?> signal = Class.forName("sun.misc.Signal");
            final Class<?> handler = Class.forName("sun.misc.SignalHandler");
            final InvocationHandler run = (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    action.run();
                    return null;
                }
                return method.invoke(action, arguments);
            };
            signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class)
                    .newInstance(name), Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler},
                    run));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("handling SIG" + name + " (is the module jdk.unsupported there?)", e);
        }
    }
}
