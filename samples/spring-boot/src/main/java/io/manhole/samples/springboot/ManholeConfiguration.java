package io.manhole.samples.springboot;

import io.manhole.Manhole;
import io.manhole.ManholeOptions;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The manhole: there when all beans are, gone before them. At its prompt are {@code applicationContext}, the application's
 * own beans, and what a transaction takes.
 */
@Configuration(proxyBeanMethods = false)
public class ManholeConfiguration implements SmartInitializingSingleton, DisposableBean {

    private final ServletWebServerApplicationContext context;
    private final TransactionTemplate transactionTemplate;
    private final EntityManager entityManager;
    private volatile @Nullable Manhole manhole;

    ManholeConfiguration(
            ServletWebServerApplicationContext context,
            TransactionTemplate transactionTemplate,
            EntityManager entityManager) {
        this.context = context;
        this.transactionTemplate = transactionTemplate;
        this.entityManager = entityManager;
    }

    @Override
    public void afterSingletonsInstantiated() {
        Map<String, Object> locals = ApplicationBeans.of(context);
        locals.put("applicationContext", context);
        locals.put("transactionTemplate", transactionTemplate);
        locals.put("entityManager", entityManager);
        try {
            manhole = Manhole.install(ManholeOptions.builder()
                    .locals(locals)
                    .daemonConnection(true)
                    .strict(false)
                    .build());
        } catch (IOException e) {
            // The service is worth more than a look into it.
            System.err.println("no manhole: " + e.getMessage());
        }
    }

    @EventListener(ApplicationReadyEvent.class)
    void ready() {
        Manhole installed = manhole;
        System.out.println(
                "shop ready: http://127.0.0.1:" + context.getWebServer().getPort() + "/orders, manhole at "
                        + (installed == null ? "no place" : installed.socketPath()));
    }

    @Override
    public void destroy() throws IOException {
        Manhole installed = manhole;
        if (installed != null) {
            installed.close();
        }
    }
}
