"""Mail: what it says and how it leaves. To whom and why is the domain's."""
