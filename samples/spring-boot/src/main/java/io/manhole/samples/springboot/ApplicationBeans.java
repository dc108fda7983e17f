package io.manhole.samples.springboot;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * The beans that the prompt has by name: the application's own singletons that exist.
 *
 * <p>None is made for it. What is lazy stays so, and is to be had by {@code applicationContext.getBean("name")}, as are
 * beans of the framework's, of other scopes, and those whose name is no identifier.
 */
final class ApplicationBeans {

    private ApplicationBeans() {}

    /** By name, in the order of the names; to be called when the singletons have been made. */
    static Map<String, Object> of(ConfigurableApplicationContext context) {
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        List<String> packages = AutoConfigurationPackages.get(beans);
        Map<String, Object> found = new TreeMap<>();
        for (String name : beans.getBeanDefinitionNames()) {
            // A singleton of this name has been made already, so that asking for it makes nothing.
            if (SourceVersion.isName(name)
                    && beans.containsSingleton(name)
                    && beans.isSingleton(name)
                    && !isScopedProxy(beans, name)
                    && isOneOf(packages, beans.getType(name, false))
                    && beans.findAnnotationOnBean(name, Configuration.class, false) == null) {
                found.put(name, beans.getBean(name));
            }
        }
        return found;
    }

    /** Stands for an object of the request, or the like, that there is none of at a prompt. */
    private static boolean isScopedProxy(ConfigurableListableBeanFactory beans, String name) {
        return beans.containsBeanDefinition(ScopedProxyUtils.getTargetBeanName(name));
    }

    /** Whether a type, or for a proxy that Spring Data made one of its interfaces, is the application's. */
    private static boolean isOneOf(List<String> packages, @Nullable Class<?> type) {
        return type != null && packages.stream().anyMatch(each -> (type.getPackageName() + ".").startsWith(each + "."));
    }
}
