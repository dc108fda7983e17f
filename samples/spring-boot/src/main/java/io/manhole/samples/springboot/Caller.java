package io.manhole.samples.springboot;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.context.annotation.RequestScope;

/** Who sent the request that is being answered. */
@Component
@RequestScope
public class Caller {

    private final HttpServletRequest request;

    Caller(HttpServletRequest request) {
        this.request = request;
    }

    /** What the header {@code X-Customer} says, or else {@code somebody}. */
    public String name() {
        @Nullable String name = request.getHeader("X-Customer");
        return name == null ? "somebody" : name;
    }
}
