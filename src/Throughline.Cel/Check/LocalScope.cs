using Throughline.Cel.Types;

namespace Throughline.Cel.Check;

/// <summary>The variables of comprehensions that are visible at a place; inner ones hide outer ones.</summary>
internal sealed class LocalScope
{
    private readonly List<(string Name, CelType Type)> variables = [];

    /// <summary>How many are visible: <see cref="Leave"/> goes back to it.</summary>
    public int Depth => variables.Count;

    public void Enter(string name, CelType type) => variables.Add((name, type));

    public void Leave(int depth) => variables.RemoveRange(depth, variables.Count - depth);

    public CelType? Find(string name)
    {
        for (int i = variables.Count - 1; i >= 0; i--)
            if (variables[i].Name == name)
                return variables[i].Type;
        return null;
    }

    /// <summary>The names that a user wrote (those of macros begin with a sign that no name can).</summary>
    public IEnumerable<string> Names => variables.Select(x => x.Name).Where(x => char.IsLetter(x[0]) || x[0] == '_');
}
