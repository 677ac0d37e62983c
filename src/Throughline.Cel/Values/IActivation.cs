using System.Diagnostics.CodeAnalysis;

namespace Throughline.Cel.Values;

/// <summary>The input of an evaluation: values of variables by full name.</summary>
public interface IActivation
{
    /// <summary>False if there is no such variable. A value may be unknown (<see cref="CelUnknown"/>).</summary>
    bool TryFind(string name, out Value value);
}
