package io.manhole.kotlin.engine.completion

import org.jetbrains.kotlin.com.intellij.ide.highlighter.JavaFileType
import org.jetbrains.kotlin.com.intellij.openapi.project.Project
import org.jetbrains.kotlin.com.intellij.psi.PsiClass
import org.jetbrains.kotlin.com.intellij.psi.PsiElement
import org.jetbrains.kotlin.com.intellij.psi.PsiFileFactory
import org.jetbrains.kotlin.com.intellij.psi.PsiJavaDocumentedElement
import org.jetbrains.kotlin.com.intellij.psi.PsiJavaFile
import org.jetbrains.kotlin.com.intellij.psi.PsiMethod
import org.jetbrains.kotlin.psi.KtCallableDeclaration
import org.jetbrains.kotlin.psi.KtClassOrObject
import org.jetbrains.kotlin.psi.KtConstructor
import org.jetbrains.kotlin.psi.KtDeclaration
import org.jetbrains.kotlin.psi.KtNamedFunction
import org.jetbrains.kotlin.psi.KtPsiFactory

/**
 * What is looked for in a source file.
 *
 * @property classes the classes around it, from the outside in; of a class, with itself
 * @property name null for a class
 * @property receiver the type that it is an extension of, as written
 * @property parameters the types of a function's parameters, as written in Kotlin; null for what is no function
 */
internal class Wanted(val classes: List<String>, val name: String?, val receiver: String?, val parameters: List<String>?)

/** Finds declarations in source files, by name and by what can be seen of types without resolving them. */
internal class SourceDeclarations(private val project: Project) {
    /** @property comment as in the source */
    class Found(val comment: String?, val offset: Int)

    fun inJava(text: String, wanted: Wanted): Found? {
        val file = PsiFileFactory.getInstance(project).createFileFromText("Source.java", JavaFileType.INSTANCE, text) as? PsiJavaFile
        var type: PsiClass = file?.classes?.firstOrNull { it.name == wanted.classes.first() } ?: return null
        for (inner in wanted.classes.drop(1)) type = type.innerClasses.firstOrNull { it.name == inner } ?: return null
        val found: PsiJavaDocumentedElement =
            when {
                wanted.name == null -> type
                wanted.parameters == null -> type.fields.firstOrNull { it.name == wanted.name } ?: return null
                else -> best(type.methods.filter { it.name == wanted.name }, wanted) { parametersOf(it) } ?: return null
            }
        return Found(found.docComment?.text, nameOffset(found))
    }

    private fun parametersOf(method: PsiMethod) = method.parameterList.parameters.map { it.typeElement?.text.orEmpty() }

    private fun nameOffset(element: PsiElement) = element.textOffset

    fun inKotlin(text: String, wanted: Wanted): Found? {
        var declarations: List<KtDeclaration> = KtPsiFactory(project, false).createFile("Source.kt", text).declarations
        var type: KtClassOrObject? = null
        for (name in wanted.classes) {
            type = declarations.filterIsInstance<KtClassOrObject>().firstOrNull { it.name == name } ?: return null
            declarations = type.declarations + listOfNotNull(type.primaryConstructor) + type.primaryConstructorParameters
        }
        val found =
            when {
                wanted.name == null -> type
                wanted.parameters == null -> declarations.firstOrNull { it.name == wanted.name && receiverOf(it) == wanted.receiver }
                else -> function(declarations, wanted)
            } ?: return null
        return Found(found.docComment?.text, found.textOffset)
    }

    private fun function(declarations: List<KtDeclaration>, wanted: Wanted): KtDeclaration? {
        val named =
            declarations.filter {
                (it is KtNamedFunction && it.name == wanted.name && receiverOf(it) == wanted.receiver) ||
                    (it is KtConstructor<*> && wanted.name == wanted.classes.lastOrNull())
            }
        return best(
            named,
            wanted,
        ) { function -> (function as KtCallableDeclaration).valueParameters.map { it.typeReference?.text.orEmpty() } }
    }

    private fun receiverOf(declaration: KtDeclaration) = (declaration as? KtCallableDeclaration)?.receiverTypeReference?.text

    /** The overload whose parameters look most alike. */
    private fun <T> best(overloads: List<T>, wanted: Wanted, parameters: (T) -> List<String>): T? {
        val types = wanted.parameters.orEmpty()
        return overloads.maxByOrNull { overload ->
            val own = parameters(overload)
            (if (own.size == types.size) types.size + 1 else 0) + own.zip(types).count { (a, b) -> plain(a) == plain(b) }
        }
    }

    /** `java.util.List<? extends E>` and `List<out E>` are both a list. */
    private fun plain(type: String): String {
        val name = type.substringBefore('<').substringAfterLast('.').removeSuffix("?").trim().lowercase()
        return if (name == "integer") {
            "int"
        } else if (name == "object") {
            "any"
        } else {
            name
        }
    }
}
