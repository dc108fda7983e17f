package io.manhole.samples.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The service. It prints one line when it is ready. */
@SpringBootApplication
public class ShopApplication {

    /**
     * Starts it.
     *
     * @param arguments Spring Boot's, such as {@code --server.port=8080}
     */
    public static void main(String[] arguments) {
        SpringApplication.run(ShopApplication.class, arguments);
    }
}
