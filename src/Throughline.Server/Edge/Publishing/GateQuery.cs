using System.Globalization;
using Throughline.Server.Api;

namespace Throughline.Server.Edge.Publishing;

/// <summary>Reads what stands beside a body: who, why, from which version. The first thing that is wrong is kept.</summary>
internal sealed class GateQuery(HttpContext context)
{
    private const int AuthorMax = 128;
    private const int NoteMax = 1000;

    public Problem? Problem { get; private set; }

    /// <summary>Whoever changes what is in force says who they are: that is what is looked up afterwards.</summary>
    public string Author =>
        Text("author", AuthorMax) is not { Length: > 0 } author ? Fail(GateProblems.Missing("author"))
        : GateBrakes.IsAuthor(author) ? Fail(GateProblems.Bad("author", GateBrakes.Reserved))
        : author;

    public string? Note => Text("note", NoteMax) is { Length: > 0 } note ? note : null;

    public bool IsConfirmed => Text("confirm", 5) == "true";

    /// <summary>A number; null if it is not there.</summary>
    public long? Number(string name)
    {
        string text = Text(name, 20);
        if (text.Length == 0)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            return number;
        Fail(GateProblems.Bad(name, "a whole number"));
        return null;
    }

    /// <summary>A text without control characters; empty if it is not there.</summary>
    public string Text(string name, int max)
    {
        string text = context.Request.Query[name].ToString();
        if (text.Length > max || text.Any(char.IsControl))
            return Fail(GateProblems.Bad(name, $"at most {max} characters long, without control characters"));
        return text;
    }

    private string Fail(Problem problem)
    {
        Problem ??= problem;
        return "";
    }
}
