package io.manhole.kotlin.engine

import org.jetbrains.kotlin.lexer.KtTokens
import org.jetbrains.kotlin.psi.KtCallableDeclaration
import org.jetbrains.kotlin.psi.KtNamedDeclaration
import org.jetbrains.kotlin.psi.KtNamedFunction
import org.jetbrains.kotlin.psi.KtObjectDeclaration

private val IDENTIFIER = Regex("`[^`\\n]+`|[\\p{L}_][\\p{L}\\p{N}_]*")
private val SPACE = Regex("\\s+")
private val COMPONENT = Regex("component\\d+")

/** The operators that code calls without naming them. */
private val OPERATORS =
    setOf(
        "plus",
        "minus",
        "times",
        "div",
        "rem",
        "rangeTo",
        "rangeUntil",
        "get",
        "set",
        "contains",
        "invoke",
        "iterator",
        "hasNext",
        "next",
        "compareTo",
        "equals",
        "inc",
        "dec",
        "unaryPlus",
        "unaryMinus",
        "not",
        "plusAssign",
        "minusAssign",
        "timesAssign",
        "divAssign",
        "remAssign",
        "getValue",
        "setValue",
        "provideDelegate",
    )

/** Chars of a comment that are kept as long as the name is. */
private const val DOCUMENTATION_LIMIT = 2_000

/** All identifiers in a text, without backticks; those in strings and comments as well, which does no harm. */
internal fun identifiers(code: String): Set<String> = IDENTIFIER.findAll(code).mapTo(HashSet()) { it.value.trim('`') }

/** The identifier that begins there, as it is written, or null if there is none. */
internal fun identifierAt(code: String, offset: Int): String? = IDENTIFIER.matchAt(code, offset.coerceIn(0, code.length))?.value

/** What a top-level declaration of a snippet is to later ones. */
internal fun visibleName(declaration: KtNamedDeclaration, snippet: SnippetName): VisibleName {
    val name = declaration.nameIdentifier?.text.orEmpty().trim('`')
    val isOperator = declaration is KtNamedFunction && declaration.hasModifier(KtTokens.OPERATOR_KEYWORD)
    val always = isOperator && (name in OPERATORS || COMPONENT.matches(name))
    val documentation = declaration.docComment?.text?.take(DOCUMENTATION_LIMIT)
    return VisibleName(key(declaration, name), name, "import ${snippet.qualified}.`$name`", always, documentation)
}

private fun key(declaration: KtNamedDeclaration, name: String): VisibleName.Key =
    when (declaration) {
        is KtNamedFunction -> {
            val types = declaration.valueParameters.joinToString(",", "(", ")") { it.typeReference?.text.orEmpty() }
            VisibleName.Key(VisibleName.Kind.FUNCTION, name, signature(declaration, receiver(declaration) + types))
        }

        is KtCallableDeclaration -> {
            VisibleName.Key(VisibleName.Kind.PROPERTY, name, signature(declaration, receiver(declaration)))
        }

        is KtObjectDeclaration -> {
            VisibleName.Key(VisibleName.Kind.OBJECT, name)
        }

        else -> {
            VisibleName.Key(VisibleName.Kind.TYPE, name)
        }
    }

private fun receiver(declaration: KtCallableDeclaration) = declaration.receiverTypeReference?.text.orEmpty()

/** With type parameters by position, so that it does not matter what they are called. */
private fun signature(declaration: KtCallableDeclaration, types: String): String {
    val parameters = declaration.typeParameters.mapNotNull { it.name }
    return IDENTIFIER.replace(types.replace(SPACE, "")) { found ->
        val index = parameters.indexOf(found.value)
        if (index < 0) found.value else "#$index"
    }
}
