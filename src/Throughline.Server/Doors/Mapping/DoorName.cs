using System.Text;
using Throughline.Core.Events;

namespace Throughline.Server.Doors.Mapping;

/// <summary>
/// Foreign names of events in the form of a nurturing event's: small letters, everything but a to z, digits and points as one
/// underscore. <c>Order Completed</c>, <c>order_completed</c> and <c>Order-Completed</c> are one name. <c>addToCart</c> is
/// <c>add_to_cart</c>.
/// </summary>
internal static class DoorName
{
    /// <summary>Set before names that would be types of our own, or would begin with a digit or a point.</summary>
    private const string Prefix = "event_";

    /// <summary>The form; empty if nothing is left of the name.</summary>
    public static string Normalise(string name)
    {
        StringBuilder form = new(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            char letter = name[i];
            bool isSmall = letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.';
            if (letter is >= 'A' and <= 'Z')
            {
                if (i > 0 && name[i - 1] is (>= 'a' and <= 'z') or (>= '0' and <= '9'))
                    form.Append('_');
                form.Append((char)(letter + 32));
            }
            else if (isSmall)
                form.Append(letter);
            else if (form.Length > 0 && form[^1] != '_')
                form.Append('_');
        }
        while (form.Length > 0 && form[^1] is '_' or '.')
            form.Length--;
        if (form.Length == 0)
            return "";
        string normal = form.ToString();
        return normal[0] is < 'a' or > 'z' || EventJson.IsType(Encoding.ASCII.GetBytes(normal))
            ? Prefix + normal
            : normal;
    }
}
