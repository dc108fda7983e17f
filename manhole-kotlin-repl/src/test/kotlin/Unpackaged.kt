/** Of an application that has no packages. */
class Unpackaged(val name: String) {
    fun greeting() = "hello, $name"
}

fun unpackaged() = Unpackaged("none")
